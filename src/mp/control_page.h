/*
 * The memory that all processes of a world share: mapped before the fork,
 * without a name in any file system. It contains no locks. Each rank has a
 * record that only this rank writes and, after its end, the monitor. The first
 * process that notices a failure writes it, once. The rest are counters.
 */
#ifndef COHORT_MP_CONTROL_PAGE_H
#define COHORT_MP_CONTROL_PAGE_H

#include "common/base/cache_line.h"
#include "common/base/call.h"
#include "world_failure.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

/* A rank may refuse so many calls before their names are forgotten. */
enum { REFUSALS_NAMED = 16, REFUSED_KIND_BITS = 8 };

/* A call that the rank left before all others had arrived
 * (shm/early_leave.h). */
struct past_call {
	uint64_t rendezvous; /* its number; 0: no call yet */
	uint64_t number;     /* of the call */
	struct call call;
};

/* The alignment makes the size of a record a power of two. */
enum { PAST_CALLS = 8, PAST_ALIGNED = 512 };

struct rank_record {
	/* Number of collective calls that the rank has entered or refused. */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t entered;
	/* The last calls in a row that the rank refused: first and last
	 * number. */
	_Atomic uint64_t refused_from;
	_Atomic uint64_t refused;
	/* The call that the rank has entered. The rank also prepares its next
	 * call here, so others may read it only while the rank cannot leave the
	 * call, because another rank has not entered it. */
	struct call call;
	/* The last calls that the rank refused, by number of the call: the
	 * number and, in the lower REFUSED_KIND_BITS, the kind. */
	_Atomic uint64_t refusals[REFUSALS_NAMED];
	_Atomic int groups; /* open on this rank */
	/* The rank that this one waits for, plus 1; 0: none. */
	_Atomic int awaits;
	/* The word that the rank waits for, until it is at least the value;
	 * NULL: it waits for something else. */
	_Atomic(_Atomic uint64_t *) awaited;
	_Atomic uint64_t awaited_value;
	/* The rank has ended. `signalled` and `end` are valid from then on. */
	_Atomic int gone;
	bool signalled; /* ended by a signal */
	int end;        /* number of the signal, or exit status */
	/* Another rank has seen that this one writes a core file, because of a
	 * signal of this number; 0: none has. It runs nothing any more. */
	_Atomic int dumps;
	_Atomic int process;  /* its id, for /proc; no argument of kill */
	pthread_mutex_t life; /* liveness.h */
	/* The last calls that the rank left early, by number of the rendezvous
	 * modulo PAST_CALLS. Others may read one until they have arrived so
	 * many rendezvous later that the rank may use its place again. */
	_Alignas(PAST_ALIGNED) struct past_call past[PAST_CALLS];
};

_Static_assert((sizeof(struct rank_record) &
                (sizeof(struct rank_record) - 1)) == 0,
               "every call computes the address of a record");

/* The system calls that start a peer. */
enum start_step { START_NONE, START_SOCKETPAIR, START_FORK, START_SENDMSG };

/* Why the monitor could not start the peers. */
struct start_failure {
	enum start_step step; /* that failed; START_NONE: none did */
	int number;           /* errno */
	int rank;
};

/* A C library would keep the lock of an atomic that is not lock-free in memory
 * of each process. */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2,
               "words of 32 and 64 bits are atomic without locks");

struct ticket_counter {
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint64_t next;
};

/* States of control.broken, in this order. */
enum { CONTROL_WHOLE, CONTROL_WRITING, CONTROL_BROKEN };

/* Added to the exit code in control.aborted, so that code 0 is not 0 there. */
enum { ABORTED = 0x10000 };

struct control_page {
	_Alignas(CACHE_PAIR_BYTES) _Atomic int broken; /* the enum above */
	struct world_failure world_failure;
	_Atomic int gone;        /* number of ranks that have ended */
	_Atomic int refusals;    /* number of calls that ranks have refused */
	_Atomic int exit_status; /* the first of a peer that is not 0 */
	_Atomic int aborted;     /* ABORTED + exit code after cohort_abort */
	_Atomic int ending;      /* 1: the monitor kills all peers */
	/* A rank did not come in time to a sweep that goes on without a dead
	 * rank. (In other calls a timeout is the world's failure.) */
	_Atomic int late;
	/* The first rank that was interrupted, plus 1, also in a world that has
	 * failed before; 0: none. */
	_Atomic int interrupted;
	struct start_failure start_failure;
	/* Ranks that wait in shared memory read this line: */
	_Alignas(
	    CACHE_PAIR_BYTES) _Atomic uint32_t events; /* control_announce */
	_Atomic uint32_t sleepers; /* ranks asleep on `wakes` */
	_Atomic uint32_t fences;   /* not 0: wakers need one (shm/backoff.h) */
	_Alignas(CACHE_PAIR_BYTES) _Atomic uint32_t wakes; /* a futex */
	struct rank_record records[];
};

/* In a mapping of its own: it is the part that forked copies of ranks write
 * when they run tasks. */
struct ticket_counters {
	/* Used in turn: while one is set to 0 for a sweep, ranks that have not
	 * left the sweep before may still read the other. */
	struct ticket_counter of[2];
};

/* The bytes of the memory of so many ranks. */
size_t control_bytes(int size);

/* All zero. NULL with errno set. */
struct control_page *control_map(int size);
void control_unmap(struct control_page *control, int size);

/* Make the page unwritable for this process. False with errno if the system
 * refuses. */
bool control_shut(struct control_page *control, int size);

/* Record the failure, unless one is recorded already. */
void control_break(struct control_page *control,
                   const struct world_failure *failure);

/* Something has happened that every rank must check: wake the sleeping ranks,
 * and make the waiting ones call wait_check_all. */
void control_announce(struct control_page *control);

/* Wake the ranks that sleep on `wakes`. */
void control_wake(struct control_page *control);

/* Sleep until `wakes` is not `value`, or for `ms` milliseconds, which are less
 * than 1000. */
void control_sleep(struct control_page *control, uint32_t value, int ms);

/* Rank `rank` refuses its call number `number`. */
void control_refuse(struct control_page *control, int rank, uint64_t number,
                    const struct call *call);

/* Whether rank r has refused its call number `number`. */
bool control_has_refused(const struct control_page *control, int r,
                         uint64_t number);

/* The kind of the call number `number` that rank r has refused; CALL_NONE if it
 * has refused so many since then that it is forgotten. */
uint32_t control_refused_kind(const struct control_page *control, int r,
                              uint64_t number);

/* Whether rank r has neither entered nor refused call number `number`. */
bool control_is_missing(const struct control_page *control, int r,
                        uint64_t number);

/* Whether the world's failure is the death of a rank other than 0. */
bool control_lost_peer(const struct control_page *control);

/* Whether ranks may never end by themselves: one was given up at a timeout, or
 * was interrupted, perhaps because of its peers. */
bool control_has_stuck(const struct control_page *control);

/* Rank `rank` was interrupted: the ranks' calls fail, also those of a sweep
 * that goes on without dead ranks. The caller announces it. */
void control_interrupt(struct control_page *control, int rank);

/* One load. */
static inline bool control_is_whole(const struct control_page *control)
{
	return atomic_load_explicit(&control->broken, memory_order_acquire) ==
	       CONTROL_WHOLE;
}

/* The status of the failure, with its sentence written, said for `function`.
 * The world is not whole. */
COHORT_CHECKED cohort_status control_failure(const struct control_page *control,
                                             const char *function);

#endif
