/* A program that uses a little of everything, in surroundings that a test has
 * made. */
#ifndef COHORT_TESTS_SURROUNDINGS_GUEST_H
#define COHORT_TESTS_SURROUNDINGS_GUEST_H

#include <stdbool.h>

/* How the program ends. */
enum guest_end {
	GUEST_GOOD = 0,
	GUEST_STATUS = 3, /* a call failed; its sentence is on stderr */
	GUEST_WRONG = 4,  /* wrong data, or the surroundings were touched */
};

struct guest {
	const char *journal; /* NULL: none */
	/* Called on every rank after the open, and inside each task and after
	 * each call. NULL: nothing. check returns whether all is well. */
	void (*opened)(int rank);
	bool (*check)(void);
};

/* Open, collectives, a sweep, gather, close. */
enum guest_end guest_run(const struct guest *guest);

/* For a status that ends the guest: writes its sentence. */
enum guest_end guest_failed(const char *call);

#endif
