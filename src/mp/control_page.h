/*
 * The memory that all processes of a world share: mapped before the fork,
 * named nowhere. Each rank has a line that only it writes (and, once it has
 * ended, the monitor); what broke the world is written once, by whoever noticed
 * first; the rest are counters. There are no locks in it.
 */
#ifndef COHORT_MP_CONTROL_PAGE_H
#define COHORT_MP_CONTROL_PAGE_H

#include "common/base/call.h"

#include <stdatomic.h>
#include <sys/types.h>

enum { LINE_BYTES = 128 }; /* two cache lines: processors fetch pairs */

/* Why a world is broken: the reason, and the status that goes with it. */
#define WORLD_FAILURE_MAP(X)                                               \
	X(MISMATCH, EMISMATCH) /* ranks a and b made other calls */        \
	X(COUNTS, EMISMATCH)   /* a sends `number`, b awaits `number_b` */ \
	X(REFUSED, EMISMATCH)  /* b refused the call that a is in */       \
	X(KILLED, EPEER)       /* a died of signal `number`, and */        \
	X(LEFT, EPEER)         /* a ended with status `number`: while */   \
	                       /* it ran task number_b - 1; 0: none */     \
	X(CLOSED, EPEER)       /* a's socket was closed */                 \
	X(KEEPER, EPEER)       /* the monitor died */                      \
	X(TIMEOUT, ETIMEOUT)   /* a waited for b, and `number` others */   \
	X(SYSTEM, ESYS)        /* a's system call failed with `number`: */ \
	                       /* ENOMEM if that is what it was */

enum world_failure_reason {
#define WORLD_FAILURE_ENUM(name, status) WORLD_FAILURE_##name,
	WORLD_FAILURE_MAP(WORLD_FAILURE_ENUM)
#undef WORLD_FAILURE_ENUM
};

struct world_failure {
	enum world_failure_reason reason;
	int a;
	int b;
	struct call call_a;
	struct call call_b;
	uint64_t number;
	uint64_t number_b;
	double seconds;
};

struct rank_record {
	_Alignas(LINE_BYTES) _Atomic uint64_t entered; /* calls, refused too */
	/* The calls refused since the last that was not: a rank cannot be
	 * further than that beyond one that waits for it. */
	_Atomic uint64_t refused_from;
	_Atomic uint64_t refused; /* up to and with this one */
	/* The one entered, or already the next one that is put together here:
	 * to be read only while its rank is held in a call that was entered, as
	 * it is where others have yet to come. */
	struct call call;
	_Atomic uint32_t refusal; /* the kind of the last one refused */
	_Atomic int groups;       /* open on this rank */
	_Atomic int awaits; /* AWAITS_FIRST + the rank that it waits for, */
	/* to make this word so large; NULL: it is no word */
	_Atomic(_Atomic uint64_t *) awaited;
	_Atomic uint64_t awaited_value;
	_Atomic int gone; /* it has ended; by the monitor, with: */
	bool signalled;   /* by a signal */
	int end;          /* its number, or the exit status */
	pid_t pid;        /* by the monitor */
};

/* What the monitor could not do, before there was a world to break. */
struct failure {
	const char *what; /* a string constant: one address in all processes */
	int number;       /* errno */
	int rank;
};

/* Several processes work on these: a lock that a C library keeps for itself
 * would be no lock. */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2,
               "words of 32 and 64 bits are atomic without locks");

struct ticket_counter {
	_Alignas(LINE_BYTES) _Atomic uint64_t next;
};

/* What becomes of control.broken, in this order. */
enum { CONTROL_WHOLE, CONTROL_WRITING, CONTROL_BROKEN };

struct control_page {
	_Alignas(LINE_BYTES) _Atomic int broken; /* the enum above */
	struct world_failure world_failure;
	_Atomic int gone;        /* how many ranks have ended */
	_Atomic int exit_status; /* of the first peer that ended with one */
	_Atomic int aborted;     /* ABORTED + exit code, once asked for */
	struct failure failure;
	/* What ranks that wait in shared memory look at: how often something
	 * happened that all should know of; how many sleep, and the word they
	 * sleep on; whether wakers need a fence (shm/idle.c). */
	_Alignas(LINE_BYTES) _Atomic uint32_t events;
	_Atomic uint32_t sleepers;
	_Atomic uint32_t fences;
	_Alignas(LINE_BYTES) _Atomic uint32_t wakes;
	/* Two, used in turns: when one is set to 0 for a sweep, the other may
	 * still be read by ranks that are not yet through with the last. */
	struct ticket_counter tickets[2];
	struct rank_record records[];
};

enum { ABORTED = 0x10000, AWAITS_NOBODY = 0, AWAITS_FIRST = 1 };

/* NULL with errno set. All zero. */
struct control_page *control_map(int size);
void control_unmap(struct control_page *control, int size);

/* Keep `breakage` as the reason, unless there is one already. */
void control_break(struct control_page *control,
                   const struct world_failure *world_failure);

/* Something happened: let every rank that waits in shared memory look around,
 * the sleeping ones too. */
void control_announce(struct control_page *control);

/* Wake those who sleep. */
void control_wake(struct control_page *control);

/* Rank `rank` refuses its call number `number`. */
void control_refuse(struct control_page *control, int rank, uint64_t number,
                    const struct call *call);

/* Whether it is a deadline that broke the world. */
bool control_timed_out(const struct control_page *control);

/* Whether rank r has refused its call number `number`. */
bool control_has_refused(const struct control_page *control, int r,
                         uint64_t number);

/* One load. */
static inline bool control_is_whole(const struct control_page *control)
{
	return atomic_load_explicit(&control->broken, memory_order_acquire) ==
	       CONTROL_WHOLE;
}

/* The status of the breakage, with its sentence written, said for `function`.
 * The world is not whole. */
COHORT_CHECKED cohort_status control_failure(const struct control_page *control,
                                             const char *function);

#endif
