/* Files with names that the processes of a job have open or mapped: whatever
 * happens to the job, none of them may be left. */
#ifndef STORM_JOBS_NAMES_H
#define STORM_JOBS_NAMES_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

enum { NAMES_MOST = 64 };

struct names {
	size_t count;
	char paths[NAMES_MOST][PATH_MAX];
};

/* Add those of a process and of all its descendants. Files in `folder` do not
 * count, nor do those that were there at the time `before`. */
void names_collect(struct names *names, pid_t pid, const char *folder,
                   const struct timespec *before);

/* The first of them that still is there; NULL: none is. */
const char *names_first_left(const struct names *names);

#endif
