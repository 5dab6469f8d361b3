#define _GNU_SOURCE /* sched_getaffinity */
#include "cores.h"

#include <unistd.h>

int cores_allowed(void)
{
	cpu_set_t allowed;

	if (!sched_getaffinity(0, sizeof(allowed), &allowed))
		return CPU_COUNT(&allowed);
	const long online = sysconf(_SC_NPROCESSORS_ONLN);
	return online > 0 ? (int)online : 1;
}

/* Adds cores of `from` that are free to `own`, until it has `each`. */
static void take(const cpu_set_t *from, int each, cpu_set_t *free,
                 cpu_set_t *own)
{
	int count = CPU_COUNT(own);

	for (size_t core = 0; count < each && core < CPU_SETSIZE; core++) {
		if (!CPU_ISSET(core, from) || !CPU_ISSET(core, free))
			continue;
		CPU_SET(core, own);
		CPU_CLR(core, free);
		count++;
	}
}

/* Number of cores that are in both. */
static int count_common(const cpu_set_t *a, const cpu_set_t *b)
{
	cpu_set_t common;

	CPU_AND(&common, a, b);
	return CPU_COUNT(&common);
}

void cores_deal(const cpu_set_t allowed[], size_t count, int each,
                cpu_set_t own[])
{
	cpu_set_t free;

	CPU_ZERO(&free);
	for (size_t i = 0; i < count; i++) {
		CPU_OR(&free, &free, &allowed[i]);
		CPU_ZERO(&own[i]);
	}
	for (size_t i = 0; i < count; i++)
		if (count_common(&allowed[i], &free) >= each)
			take(&allowed[i], each, &free, &own[i]);
	for (size_t i = 0; i < count; i++) {
		if (CPU_COUNT(&own[i]) > 0 || CPU_COUNT(&free) < each)
			continue;
		const cpu_set_t all = free;
		take(&allowed[i], each, &free, &own[i]);
		take(&all, each, &free, &own[i]);
	}
}
