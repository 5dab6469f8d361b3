/* Limits of the control group that this process is in. */
#ifndef TOOLS_INFO_CGROUP_H
#define TOOLS_INFO_CGROUP_H

#include <stdint.h>

/* A limit that a controller sets: its file in version 2 of control groups, and
 * in version 1. */
struct cgroup_limit {
	const char *controller; /* "memory" */
	const char *file;       /* "memory.max" */
	const char *old_file;   /* "memory.limit_in_bytes" */
};

/* The least of this process's own group and all above it; -1: no limit that
 * can be seen from here. */
int64_t cgroup_least(const struct cgroup_limit *limit);

#endif
