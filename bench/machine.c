#define _GNU_SOURCE /* sched_setaffinity */
#include "machine.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static cpu_set_t usable;

double machine_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

int machine_cores(void)
{
	if (sched_getaffinity(0, sizeof(usable), &usable))
		CPU_ZERO(&usable);
	return CPU_COUNT(&usable) > 0 ? CPU_COUNT(&usable) : 1;
}

int machine_pin(int n)
{
	const int cores = CPU_COUNT(&usable);
	cpu_set_t one;
	int left = cores > 0 ? n % cores : 0;

	CPU_ZERO(&one);
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &usable) || left-- > 0)
			continue;
		CPU_SET(cpu, &one);
		return sched_setaffinity(0, sizeof(one), &one);
	}
	return -1;
}

double machine_switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_nvcsw + usage.ru_nivcsw);
}

double machine_memory(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[256];
	double total = 0;
	int found = 0;

	while (file && fgets(line, sizeof(line), file)) {
		double kib;
		if (sscanf(line, "Pss_Anon: %lf kB", &kib) == 1 ||
		    sscanf(line, "Pss_Shmem: %lf kB", &kib) == 1) {
			total += kib;
			found++;
		}
	}
	if (file)
		fclose(file);
	return found == 2 ? total : -1;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

struct summary machine_summary(double values[], size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return (struct summary){
	    .median = (values[(count - 1) / 2] + values[count / 2]) / 2,
	    .least = values[0],
	    .p90 = values[(9 * count + 9) / 10 - 1],
	};
}
