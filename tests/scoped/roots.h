/* A library that uses cohort inside, as docs/start.md shows it: its caller does not
 * know of ranks. */
#ifndef COHORT_TESTS_SCOPED_ROOTS_H
#define COHORT_TESTS_SCOPED_ROOTS_H

#include <cohort.h>
#include <stddef.h>

struct roots_call {
	int ranks;           /* 0: as the environment says */
	const char *journal; /* NULL: none */
	size_t stop;         /* the task that stops the sweep; 0: none */
};

/* out[i] receives the square root of i; less than 0: it was not computed. Returns
 * once, on the caller's process, the first status that is not COHORT_OK. *resumed
 * receives the number of results that the journal had. */
cohort_status roots(const struct roots_call *call, size_t count, double *out,
                    size_t *resumed);

#endif
