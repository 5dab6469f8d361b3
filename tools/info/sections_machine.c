#define _GNU_SOURCE /* sched_getaffinity */
#include "base/memory.h"
#include "base/text.h"
#include "cgroup.h"
#include "sections.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { CORES_MOST = 8192 };

/* Null if it is negative, which stands for what is not there. */
static json_t *number_or_null(int64_t number)
{
	return number < 0 ? json_null() : json_integer(number);
}

/* "0-3,8": the cores of this process's affinity mask. */
static json_t *list_cores(void)
{
	cpu_set_t *set = CPU_ALLOC(CORES_MOST);
	const size_t bytes = CPU_ALLOC_SIZE(CORES_MOST);
	struct text text = {0};
	json_t *list = NULL;

	if (set && !sched_getaffinity(0, bytes, set)) {
		for (size_t first = 0; first < CORES_MOST; first++) {
			size_t last = first;

			if (!CPU_ISSET_S(first, bytes, set))
				continue;
			while (CPU_ISSET_S(last + 1, bytes, set))
				last++;
			text_print(&text, "%s%zu", text.length ? "," : "",
			           first);
			if (last > first)
				text_print(&text, "-%zu", last);
			first = last;
		}
		list = json_string(text_string(&text));
	}
	CPU_FREE(set);
	text_free(&text);
	return list ? list : json_null();
}

json_t *section_cores(const cohort_prediction *prediction)
{
	const int quota = prediction->quota_cores;

	return json_pack("{s:i, s:i, s:o, s:o, s:o}", "usable",
	                 prediction->cores, "in_affinity_mask",
	                 prediction->affinity_cores, "affinity_mask",
	                 list_cores(), "cgroup_quota",
	                 number_or_null(quota > 0 ? quota : -1), "online",
	                 number_or_null(sysconf(_SC_NPROCESSORS_ONLN)));
}

/* A line of /proc/meminfo; -1 if it has none of that name. */
static int64_t memory_bytes(const char *name)
{
	FILE *file = fopen("/proc/meminfo", "re");
	const size_t length = strlen(name);
	long long kilobytes = -1;
	char line[256];

	while (file && kilobytes < 0 && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, length) && line[length] == ':' &&
		    sscanf(line + length + 1, "%lld", &kilobytes) != 1)
			kilobytes = -1;
	if (file)
		fclose(file);
	return kilobytes < 0 ? -1 : kilobytes * 1024;
}

json_t *section_memory(void)
{
	static const struct cgroup_limit limit = {"memory", "memory.max",
	                                          "memory.limit_in_bytes"};
	struct statvfs shared;
	int64_t size = -1;
	int64_t left = -1;

	/* Open MPI and MPICH put what ranks of one machine share there; mp does
	 * not. */
	if (!statvfs("/dev/shm", &shared)) {
		size = (int64_t)(shared.f_blocks * shared.f_frsize);
		left = (int64_t)(shared.f_bavail * shared.f_frsize);
	}
	return json_pack(
	    "{s:o, s:o, s:o, s:o, s:o}", "machine_bytes",
	    number_or_null(memory_bytes("MemTotal")), "available_bytes",
	    number_or_null(memory_bytes("MemAvailable")), "cgroup_limit_bytes",
	    number_or_null(cgroup_least(&limit)), "dev_shm_bytes",
	    number_or_null(size), "dev_shm_left_bytes", number_or_null(left));
}

static json_t *limit_or_null(rlim_t limit)
{
	return limit == RLIM_INFINITY ? json_null()
	                              : json_integer((json_int_t)limit);
}

json_t *section_limits(void)
{
	static const struct {
		const char *name;
		const char *hard_name;
		int resource;
	} rows[] = {
	    {"descriptors", "descriptors_hard", RLIMIT_NOFILE},
	    {"processes", "processes_hard", RLIMIT_NPROC},
	    {"address_space_bytes", "address_space_hard_bytes", RLIMIT_AS},
	    {"locked_memory_bytes", "locked_memory_hard_bytes", RLIMIT_MEMLOCK},
	    {"stack_bytes", "stack_hard_bytes", RLIMIT_STACK},
	    {"file_bytes", "file_hard_bytes", RLIMIT_FSIZE},
	    {"core_file_bytes", "core_file_hard_bytes", RLIMIT_CORE},
	};
	static const struct cgroup_limit processes = {"pids", "pids.max",
	                                              "pids.max"};
	json_t *limits = json_object();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rlimit limit;

		if (getrlimit((__rlimit_resource_t)rows[i].resource, &limit))
			continue;
		json_object_set_new(limits, rows[i].name,
		                    limit_or_null(limit.rlim_cur));
		json_object_set_new(limits, rows[i].hard_name,
		                    limit_or_null(limit.rlim_max));
	}
	json_object_set_new(limits, "cgroup_processes",
	                    number_or_null(cgroup_least(&processes)));
	return limits;
}
