/* The descriptors, mappings and children of this process, so that a test can
 * compare them before and after. */
#ifndef FAULT_STATE_H
#define FAULT_STATE_H

#include <stdbool.h>

struct state {
	int descriptors;
	int mappings;
	bool children; /* any, also those that wait does not see */
	long pages;    /* in memory */
};

struct state state_now(void);

/* Descriptors, mappings and children as before. */
void state_expect_same(const struct state *before, const char *what);

/* Entries in /proc/PID/fd. */
int state_descriptors(int pid);

#endif
