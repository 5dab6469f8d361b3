#define _GNU_SOURCE /* sched_getaffinity */
#include "cpu_count.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CPUS_MAX = 8192 };

static int affinity_cores(void)
{
	cpu_set_t *set = CPU_ALLOC(CPUS_MAX);
	size_t bytes = CPU_ALLOC_SIZE(CPUS_MAX);
	int cores = 0;

	if (set && !sched_getaffinity(0, bytes, set))
		cores = CPU_COUNT_S(bytes, set);
	CPU_FREE(set);
	if (cores < 1) {
		long online = sysconf(_SC_NPROCESSORS_ONLN);
		cores = online > 0 && online < INT_MAX ? (int)online : 1;
	}
	return cores;
}

/* A quota of 1.5 cores keeps two ranks busy three quarters of the time: it is
 * rounded up. */
static int quota_cores(long long quota, long long period)
{
	if (quota <= 0 || period <= 0)
		return INT_MAX;
	long long cores = (quota + period - 1) / period;
	return cores < INT_MAX ? (int)cores : INT_MAX;
}

/* One cgroup folder: cpu.max of version 2, or the two files of version 1. */
static int folder_cores(const char *folder)
{
	char path[PATH_MAX + 32];
	long long quota = -1;
	long long period = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/cpu.max", folder);
	if ((file = fopen(path, "re"))) {
		if (fscanf(file, "%lld %lld", &quota, &period) != 2)
			quota = -1; /* "max 100000" */
		fclose(file);
		return quota_cores(quota, period);
	}
	snprintf(path, sizeof(path), "%s/cpu.cfs_quota_us", folder);
	if ((file = fopen(path, "re"))) {
		if (fscanf(file, "%lld", &quota) != 1)
			quota = -1;
		fclose(file);
	}
	snprintf(path, sizeof(path), "%s/cpu.cfs_period_us", folder);
	if ((file = fopen(path, "re"))) {
		if (fscanf(file, "%lld", &period) != 1)
			period = -1;
		fclose(file);
	}
	return quota_cores(quota, period);
}

/* The smallest quota from the process's own group up to the top. */
static int hierarchy_cores(const char *mount, const char *group)
{
	char folder[PATH_MAX];
	int least = INT_MAX;

	int length = snprintf(folder, sizeof(folder), "%s%s", mount, group);
	if (length < 0 || (size_t)length >= sizeof(folder))
		return INT_MAX;
	while (strlen(folder) >= strlen(mount)) {
		int cores = folder_cores(folder);
		if (cores < least)
			least = cores;
		char *slash = strrchr(folder, '/');
		if (!slash)
			break;
		*slash = '\0';
	}
	return least;
}

static int cgroup_cores(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[PATH_MAX];
	int least = INT_MAX;

	if (!file)
		return INT_MAX;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		char *controllers = strchr(line, ':');
		char *group = controllers ? strchr(controllers + 1, ':') : NULL;
		if (!group)
			continue;
		*group++ = '\0';
		controllers++;
		const char *mount = NULL;
		if (!*controllers)
			mount = "/sys/fs/cgroup";
		else if (strstr(controllers, "cpu") &&
		         !strstr(controllers, "cpuset"))
			mount = "/sys/fs/cgroup/cpu";
		int cores = mount ? hierarchy_cores(mount, group) : INT_MAX;
		if (cores < least)
			least = cores;
	}
	fclose(file);
	return least;
}

int cpu_count(void)
{
	int affinity = affinity_cores();
	int quota = cgroup_cores();

	return quota < affinity ? quota : affinity;
}
