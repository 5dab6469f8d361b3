/*
 * How a rank waits in a collective call. Every wait ends: with the data that
 * the rank waits for, with a failure of the world (a death, or a failure that
 * another rank reports), or at the deadline. Over sockets a rank sleeps in
 * wait_polls; over shared memory shm/backoff.c sleeps and calls wait_check_all.
 * survival.c waits in a world that has failed.
 */
#ifndef COHORT_MP_WAIT_H
#define COHORT_MP_WAIT_H

#include "common/base/jump_watch.h"
#include "common/base/time_limit.h"
#include "world.h"

#include <poll.h>

/* A collective call under way on this rank. */
struct wait {
	struct mp_world *world;
	const struct call *call;
	double timeout;          /* seconds; 0: none */
	struct time_limit limit; /* of this wait; none: not set yet */
	uint64_t delivered;      /* calls of on_result, when it was set last */
	int awaited;             /* the rank that this one waits for */
	bool checked;            /* every rank's record, since the call began */
};

static inline void wait_begin(struct wait *wait, struct mp_world *world,
                              const struct call *call, double timeout)
{
	wait->world = world;
	wait->call = call;
	wait->timeout = timeout;
	wait->limit.at = 0;
	wait->delivered = 0;
	wait->awaited = 0;
	wait->checked = false;
}

enum { POLLS_BEHIND = 2 }; /* entries behind the caller's for wait_polls */

/* Sleep until one of the first `count` of `polls` is ready; their revents say
 * which. `polls` has POLLS_BEHIND entries more. */
COHORT_CHECKED cohort_status wait_polls(struct wait *wait,
                                        struct pollfd polls[], int count);

/* Tell the other ranks that this one waits for `rank`, so that a timeout can
 * follow the chain of waiting ranks to the one that causes it. wait_for_word:
 * until a word in memory that all ranks share is at least `value`.
 * wait_for_nobody: the wait is over. */
void wait_for(struct wait *wait, int rank);
void wait_for_word(struct wait *wait, int rank, _Atomic uint64_t *word,
                   uint64_t value);
void wait_for_nobody(struct wait *wait);

/* Check for a failure of the world, for ranks that are gone or have refused the
 * call, for the monitor's end, and for the deadline. */
COHORT_CHECKED cohort_status wait_check_all(struct wait *wait);

/* The first of these alone, without system calls: a failure of the world, and
 * ranks that are gone or have refused the call. */
COHORT_CHECKED cohort_status wait_check_ranks(struct wait *wait);

/* The rank sleeps until jump_watch_end: if a handler of a signal leaves the
 * call meanwhile, by a jump or by pthread_exit, the world breaks at once. */
void wait_sleeps(struct wait *wait, struct jump_watch *watch);

/* Milliseconds that a sleep may take: `most`, or less if the deadline is near.
 */
int wait_nap(struct wait *wait, int most);

/* The status of the failure that broke the world, with its sentence. Does not
 * return if a rank has called cohort_abort. */
COHORT_CHECKED cohort_status wait_failure(const struct wait *wait);

/* COHORT_OK while the world is whole; else as wait_failure. */
COHORT_CHECKED static inline cohort_status wait_check(const struct wait *wait)
{
	return control_is_whole(wait->world->control) ? COHORT_OK
	                                              : wait_failure(wait);
}

/* Break the world with this failure, and return its status; if another failure
 * was first, return that one's. */
cohort_status wait_break(const struct wait *wait,
                         const struct world_failure *failure);

/* The socket to a rank was closed at the other end: break the world with the
 * reason, which may become known a little later. */
cohort_status wait_socket_closed(struct wait *wait, int rank);

/* A system call has failed with errno: break the world. */
cohort_status wait_call_failed(const struct wait *wait, enum failed_call call);

#endif
