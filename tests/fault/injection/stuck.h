/* What processes wait for that do not end. */
#ifndef COHORT_TESTS_INJECTION_STUCK_H
#define COHORT_TESTS_INJECTION_STUCK_H

#include <sys/types.h>

enum { STUCK_BYTES = 4096 };

/* A line for each thread of each descendant of `pid`: its name, its state, and the
 * system call that it is in, as the kernel tells it. */
void stuck_describe(pid_t pid, char text[STUCK_BYTES]);

#endif
