/*
 * The one place where a rank sleeps. Every wait has an end: what is waited
 * for, a breakage (a death, or what another rank reports), or the deadline.
 */
#ifndef COHORT_MP_WAIT_H
#define COHORT_MP_WAIT_H

#include "world.h"

#include <poll.h>

/* A collective call under way on this rank. */
struct wait {
	struct mp_world *world;
	const struct call *call;
	double timeout;  /* seconds; 0: none */
	double deadline; /* of this wait; 0: not worked out yet */
	int awaited;     /* the rank that is being waited for */
};

static inline void wait_begin(struct wait *wait, struct mp_world *world,
                              const struct call *call, double timeout)
{
	wait->world = world;
	wait->call = call;
	wait->timeout = timeout;
	wait->deadline = 0;
	wait->awaited = 0;
}

enum { POLLS_BEHIND = 2 }; /* places behind the caller's that wait_polls uses */

/* Sleep until one of the first `count` of `polls` is ready; their revents say
 * which. */
COHORT_CHECKED cohort_status wait_polls(struct wait *wait,
                                        struct pollfd polls[], int count);

/* Say which rank this one begins to wait for, and that it has ended: so that a
 * deadline can name the rank at the end of the chain. The second one: to make a
 * word in memory that all ranks share at least `value`. */
void wait_for(struct wait *wait, int rank);
void wait_for_word(struct wait *wait, int rank, _Atomic uint64_t *word,
                   uint64_t value);
void wait_for_nobody(struct wait *wait);

/* Look around: a breakage, a rank that is gone or has refused the call, the
 * deadline. */
COHORT_CHECKED cohort_status wait_look(struct wait *wait);

/* Milliseconds that a sleep may take, `most` if the deadline is further. */
int wait_nap(struct wait *wait, int most);

/* Why the world is broken. Does not return if a rank has called
 * cohort_abort. */
COHORT_CHECKED cohort_status wait_failure(const struct wait *wait);

/* COHORT_OK while the world is whole; else the same. */
COHORT_CHECKED static inline cohort_status wait_check(const struct wait *wait)
{
	return control_is_whole(wait->world->control) ? COHORT_OK
	                                              : wait_failure(wait);
}

/* Break the world, and say why; if another breakage came first, say that. */
cohort_status wait_break(const struct wait *wait,
                         const struct world_failure *world_failure);

/* The socket to a rank has come to its end: find out why. */
cohort_status wait_lost(struct wait *wait, int rank);

/* A system call has failed with errno. */
cohort_status wait_failed(const struct wait *wait);

#endif
