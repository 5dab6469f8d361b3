#define _GNU_SOURCE /* sched_getaffinity */
#include "cpu_count.h"

#include "system_file.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CPUS_MAX = 8192 };

int cpu_affinity(void)
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

/* Rounded up: with a quota of 1.5 cores two ranks can each run three quarters
 * of the time, and one rank would leave a third of the quota unused. */
static int quota_cores(long long quota, long long period)
{
	if (quota <= 0 || period <= 0)
		return INT_MAX;
	long long cores = (quota + period - 1) / period;
	return cores < INT_MAX ? (int)cores : INT_MAX;
}

/* The one number in a file; -1 if there is none. */
static long long read_cgroup_number(const char *folder, const char *name)
{
	char path[PATH_MAX + 32];
	char text[64];
	long long number = -1;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (system_file_read(path, text, sizeof(text)) &&
	    sscanf(text, "%lld", &number) != 1)
		number = -1;
	return number;
}

/* The quota of one cgroup folder: in cpu.max of version 2 ("max 100000" where
 * there is no quota), or in two files of version 1. */
static int folder_cores(const char *folder)
{
	char path[PATH_MAX + 32];
	char text[64];
	long long quota = -1;
	long long period = -1;

	snprintf(path, sizeof(path), "%s/cpu.max", folder);
	if (system_file_read(path, text, sizeof(text))) {
		if (sscanf(text, "%lld %lld", &quota, &period) != 2)
			quota = -1;
		return quota_cores(quota, period);
	}
	return quota_cores(read_cgroup_number(folder, "cpu.cfs_quota_us"),
	                   read_cgroup_number(folder, "cpu.cfs_period_us"));
}

/* The smallest quota of the process's own group and all groups above it, for a
 * quota limits a group with all that are below it. */
static int hierarchy_cores(const char *mount, const char *group)
{
	char folder[PATH_MAX];
	int least = INT_MAX;

	int length = snprintf(folder, sizeof(folder), "%s%s", mount, group);
	if (length < 0 || (size_t)length >= sizeof(folder))
		return INT_MAX;
	if (length > 0 && folder[length - 1] == '/') /* the group is the root */
		folder[length - 1] = '\0';
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

/* Whether a list of names, with commas between, has this one. */
static bool has_controller(const char *names, const char *name)
{
	const size_t length = strlen(name);

	while (names) {
		if (strcspn(names, ",") == length &&
		    !strncmp(names, name, length))
			return true;
		names = strchr(names, ',');
		names = names ? names + 1 : NULL;
	}
	return false;
}

/* Where the folder of this line's hierarchy is, if it is one that can have a
 * quota of processor time; NULL otherwise. `controllers` is empty for version
 * 2, and a list of names for version 1. */
static const char *cgroup_mount(const char *controllers)
{
	if (!*controllers)
		return "/sys/fs/cgroup";
	if (has_controller(controllers, "cpu"))
		return "/sys/fs/cgroup/cpu";
	return NULL;
}

/* Of one line of /proc/self/cgroup: NUMBER:CONTROLLERS:GROUP. */
static int line_cores(char *line)
{
	char *controllers = strchr(line, ':');
	char *group = controllers ? strchr(controllers + 1, ':') : NULL;

	if (!group)
		return INT_MAX;
	*group++ = '\0';
	const char *mount = cgroup_mount(controllers + 1);
	return mount ? hierarchy_cores(mount, group) : INT_MAX;
}

int cpu_quota(void)
{
	char text[2 * PATH_MAX];
	char *rest = NULL;
	int least = INT_MAX;

	if (!system_file_read("/proc/self/cgroup", text, sizeof(text)))
		return 0;
	for (char *line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		const int cores = line_cores(line);
		if (cores < least)
			least = cores;
	}
	return least < INT_MAX ? least : 0;
}

int cpu_count(void)
{
	const int affinity = cpu_affinity();
	const int quota = cpu_quota();

	return quota > 0 && quota < affinity ? quota : affinity;
}
