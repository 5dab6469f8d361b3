/*
 * How long a process waits for its turns on a core. Ranks that compute wait longer than
 * an idle program does, since they have had their share, and the kernel may share the
 * cores among sessions first.
 */
#ifndef STORM_TURNS_H
#define STORM_TURNS_H

#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

struct turns {
	int64_t ns;    /* that it has waited for them in all */
	int64_t count; /* of turns */
};

/* Of the process since its start; all 0 if the kernel does not tell. */
static inline struct turns turns_of(pid_t pid)
{
	struct turns turns = {0};
	long long ns = 0;
	long long count = 0;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/schedstat", (int)pid);
	FILE *file = fopen(path, "re");
	if (file && fscanf(file, "%*d %lld %lld", &ns, &count) == 2)
		turns = (struct turns){.ns = ns, .count = count};
	if (file)
		fclose(file);
	return turns;
}

/* The mean wait for a turn between two readings, in nanoseconds. */
static inline int64_t turns_mean(struct turns before, struct turns after)
{
	const int64_t count = after.count - before.count;

	return after.ns > before.ns
	           ? (after.ns - before.ns) / (count > 1 ? count : 1)
	           : 0;
}

#endif
