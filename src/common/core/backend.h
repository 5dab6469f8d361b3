/*
 * The backend interface: a backend is one struct of functions that carry out
 * the public calls. src/common/serial/serial.c is the shortest backend and the
 * reference for each function. Every function but abandon, agree, alloc and
 * release is required.
 *
 * The files of core have checked and normalised every argument: sizes do not
 * overflow; unused buffers are NULL; roots, types and operators are valid;
 * COHORT_IN_PLACE has become an address. If `send` equals its own place in
 * `recv`, the data is there already; there is no other overlap. No function of
 * a backend may call back into core.
 *
 * A collective function that fails has written the sentence (error_set). The
 * ranks are then out of step, so core breaks the group, and calls only `close`
 * or `abort` on its world afterwards. Every collective function receives this
 * rank's call. A backend that can compares it with the calls of all ranks that
 * this one waits for, before it writes any receive buffer, and returns
 * COHORT_EMISMATCH if they differ. bcast, and gatherv on ranks other than the
 * root, need wait for no other ranks than those whose data they receive; a rank
 * then learns of the others' calls in its next ones. All others are barriers.
 */
#ifndef COHORT_COMMON_CORE_BACKEND_H
#define COHORT_COMMON_CORE_BACKEND_H

#include "cohort.h"
#include "common/base/call.h"
#include "common/base/ticket_range.h"
#include "common/base/time_limit.h"
#include "config.h"
#include "launcher.h"

#include <stdatomic.h>

struct backend;
struct rank_counters;
struct rank_states;
struct worker_stats;
struct region_allocator;
struct node_memory;
struct result_transfer;

/* See struct world. */
typedef _Atomic(const void *) world_caller;

/* No thread is in a call, but one has left a call before its end. */
#define CALLER_LEFT ((const void *)1)

/* Whether another thread than the one with this errno is in a call. A hint that
 * costs a load: two threads that enter at the same moment do not see each
 * other. */
static inline bool caller_is_other(world_caller *caller, const void *self)
{
	const void *in_call =
	    atomic_load_explicit(caller, memory_order_relaxed);

	return in_call && in_call != self && in_call != CALLER_LEFT;
}

/* One group, seen from one rank. Every backend's own struct begins with it. */
struct world {
	const struct backend *backend;
	int rank;
	int size;
	int local_rank;  /* among the ranks of this machine, in their order */
	int local_size;  /* ranks of this machine */
	unsigned number; /* of the group, by order of opening; part of a call */
	/* WORLD_SCRATCH_BYTES for each rank, for core in its calls. It was
	 * allocated with the world: in the middle of a call a rank could not
	 * tell the others that it lacks the memory. */
	void *scratch;
	/* core fills in each call here. The backend chooses the address: mp
	 * uses memory that the peers read, which saves a copy. */
	struct call *call;
	/* Allocates memory that all ranks can read; NULL if there is none.
	 * Valid until the world is closed, or as long as somebody holds it. */
	struct region_allocator *regions;
	/* Shared by the ranks that share memory with this one, and by their
	 * forked copies. */
	struct worker_stats *stats;
	int stats_ranks; /* number of ranks that have counters there */
	int stats_index; /* of this rank's counters, and of its state */
	/* Shared by the same processes; become_task makes it unwritable. */
	struct rank_states *states;
	/* `close` ends the other ranks, and all that the backend's worlds of
	 * this process share. It returns on rank 0 only, and in forked copies.
	 * core has closed the other groups of this backend before. */
	bool scoped;
	/* Machines that the ranks are on; 0 if the backend has only one. */
	int nodes;
	/* On rank 0, if there are several: counters that stand for all ranks
	 * of the other machines. Else NULL. */
	struct rank_counters *elsewhere;
	/* Number of the sweep under way, which core sets on every rank before
	 * tickets_open; see sweep/steps.h. */
	uint64_t sweep;
	/* A byte for each rank: whether it will claim tickets, as far as core
	 * knows when it calls tickets_open. NULL: the backend does not ask. */
	unsigned char *works;
	/* When no task of it may begin any more, by clock_seconds; 0: it has no
	 * deadline. core sets it before tickets are claimed. */
	double stop_at;
	/* Whether a forked copy of a rank may call tickets_claim. */
	bool copies_claim;
	/* The thread that is in a call, by the address of its errno; NULL: none
	 * is; or CALLER_LEFT. Worlds that cannot be used by two threads at once
	 * share the word, and `call` with it. NULL: the group has a word of its
	 * own. */
	world_caller *caller;
	/* The collective functions call others at which a thread may be
	 * cancelled: core puts that off until the end of each call. */
	bool cancels;
	/* Not 0: the world has failed, and every collective function will. A
	 * forked copy may read it too. The backend leaves it NULL if its ranks
	 * do not know: then it is 1 after cohort_interrupt on this rank. */
	const _Atomic int *failed;
	/* Makes every collective function of every rank fail, for
	 * cohort_interrupt. Called in signal handlers, also while the world is
	 * being closed. NULL: cohort_interrupt changes `failed` only. */
	void (*interrupt)(void);
	/* NULL: nothing goes on when a rank has died. */
	const struct survival *survival;
	/* An eventfd that all ranks and their forked copies have: it wakes
	 * rank 0 when a result is shown (sweep/delivery_state.h). NULL: rank 0
	 * cannot read the other ranks' results while they run tasks. */
	const int *result_event;
	/* Brings results to rank 0 there. A world of several ranks has an event
	 * or a transfer; a world of one rank needs neither. */
	const struct result_transfer *result_transfer;
	/* Set by core while a sweep has results to transfer: a rank that waits
	 * in tickets_claim or tickets_leave calls it again and again, and then
	 * sleeps no longer than the seconds that it returns. NULL: none. */
	double (*attend)(void *arg);
	void *attend_arg;
};

enum { RESULT_MESSAGE_BYTES = 4000 };

/* See gather_shared. To share memory takes a few messages more. */
enum { GATHERED_SMALL_BYTES = 1 << 16 };

/* Bytes for each rank in world.scratch. */
enum { WORLD_SCRATCH_BYTES = 64 };

/* The lowest rank that cannot go on, and its status; COHORT_OK: all can. */
struct inability {
	int rank;
	cohort_status status;
};

/* What rank 0 says to another rank. Each replaces the one before. */
struct result_news {
	uint64_t sweep;    /* the number of the sweep */
	uint64_t round;    /* the round that rank 0 has ended last */
	uint64_t given_up; /* the round that ends before its tasks are run */
	uint64_t serial;   /* number of the news, for this rank */
	uint64_t limit;    /* index below which tasks may begin */
};

/* Messages to rank 0, in the order in which a rank sends them. No function
 * waits. */
struct result_transfer {
	/* On every rank, before the first message of a sweep. */
	cohort_status (*open)(struct world *world);

	/* Send up to RESULT_MESSAGE_BYTES bytes, which may change afterwards.
	 * *sent is false if rank 0 has too many unread messages. */
	cohort_status (*send)(struct world *world, const void *data,
	                      size_t bytes, bool *sent);

	/* Whether all messages have been sent. */
	cohort_status (*is_idle)(struct world *world, bool *idle);

	/* Whether messages are not sent any further while this rank calls no
	 * function of the backend. */
	cohort_status (*is_sending)(struct world *world, bool *sending);

	/* On rank 0: receive a message. *from is its sender; -1: there is
	 * none. `data` has RESULT_MESSAGE_BYTES bytes. */
	cohort_status (*receive)(struct world *world, int *from, void *data,
	                         size_t *bytes);

	/* On rank 0: send this to another rank. */
	cohort_status (*tell)(struct world *world, int to,
	                      const struct result_news *news);

	/* On other ranks: the last news that rank 0 has sent, all 0 before the
	 * first, and how many messages of any kind have come from it. */
	cohort_status (*hear)(struct world *world, struct result_news *news,
	                      uint64_t *heard);

	/* While a rank waits until it may begin its next task: do what it does
	 * in a wait of tickets_claim. After a failure it must not wait any
	 * longer; tickets_leave returns the same. */
	cohort_status (*attend)(struct world *world);
};

/* A wait of a rank that has lost others. All 0 but `call` at first. */
struct survival_wait {
	const struct call *call; /* that the rank is in, for the sentence */
	int awaited;             /* the rank that it waits for */
	uint32_t wakes;          /* as `wakes` returned it */
	struct time_limit limit; /* none: not worked out yet */
	uint64_t delivered;      /* calls of on_result, at that time */
};

/*
 * With these functions ranks that share memory go on with a sweep without those
 * that have died. No function is collective. Rank 0 is alive as long as any
 * rank is.
 */
struct survival {
	/* Whether ranks other than 0 have died, and nothing else has failed. */
	bool (*is_possible)(const struct world *world);

	/* Whether the rank has ended, or runs nothing any more: its memory will
	 * not change. */
	bool (*is_dead)(const struct world *world, int rank);

	/* Write how a dead rank ended, with its number. Returns the signal that
	 * ended it; 0: it has left the program. */
	int (*describe)(const struct world *world, int rank, char *text,
	                size_t bytes);

	/* Write how the rank ended whose death made the world fail. That is
	 * known before is_dead says so. Returns the rank. */
	int (*describe_first)(const struct world *world, char *text,
	                      size_t bytes);

	/* A rank that runs tasks calls it now and then: find ranks that have
	 * crashed before the system tells of it. The world fails then, and
	 * is_dead holds. Not in forked copies of a rank. */
	void (*look)(struct world *world);

	/* Wake every rank that sleeps. */
	void (*wake)(struct world *world);

	/* The number of wake-ups so far. A rank reads it, checks whether its
	 * wait is over, and then calls `sleep`, which returns at once if `wake`
	 * was called in between, or a rank has died. */
	uint32_t (*wakes)(const struct world *world);

	/* Sleep until a wake-up. COHORT_OK: check again. COHORT_ETIMEOUT after
	 * the group's timeout; COHORT_EPEER if the ranks are lost. */
	cohort_status (*sleep)(struct world *world, struct survival_wait *wait);
};

struct backend {
	const char *name;

	/* Open a world. Collective. `launcher` is NULL if none was recognised.
	 * On failure everything is undone. */
	cohort_status (*open)(const struct config *config,
	                      const struct launcher *launcher,
	                      struct world **out);

	/* Release the world, whatever is returned. If `call` is not NULL, this
	 * is collective and waits for the peers first. `call` is NULL if the
	 * group is broken, and in a forked copy. */
	cohort_status (*close)(struct world *world, const struct call *call);

	/* End all ranks. Does not return. */
	void (*abort)(struct world *world, int exit_code);

	/* This rank's arguments are bad, so it does not join the call that its
	 * peers may be in. A backend that can releases them with
	 * COHORT_EMISMATCH. Does not wait. */
	void (*refuse)(struct world *world, const struct call *call);

	/* This rank has left world->call before its end, or makes another call
	 * in the middle of it, and makes no call on this world any more. Tell
	 * the peers. Does not wait. NULL: they learn of it when the rank exits.
	 */
	void (*abandon)(struct world *world);

	/* Inside a call: every rank says whether it can go on, and all learn
	 * which one cannot. `mine` is COHORT_OK or this rank's status. It is no
	 * call of its own, and the ranks are in step afterwards. NULL: a rank
	 * that cannot go on calls `refuse`, which tells its peers. */
	cohort_status (*agree)(struct world *world, const struct call *call,
	                       cohort_status mine, struct inability *out);

	cohort_status (*barrier)(struct world *world, const struct call *call);

	/* Broadcast `bytes` bytes at `data` from call->root. */
	cohort_status (*bcast)(struct world *world, const struct call *call,
	                       void *data, size_t bytes);

	/* Gather counts[r] elements of `width` bytes from each rank r on
	 * call->root. On other ranks recv and counts are NULL. call->count is
	 * this rank's own count. */
	cohort_status (*gatherv)(struct world *world, const struct call *call,
	                         const void *send, void *recv,
	                         const size_t counts[], size_t width);

	/* Gather as in gatherv, on every rank. counts[rank] equals
	 * call->count. */
	cohort_status (*allgatherv)(struct world *world,
	                            const struct call *call, const void *send,
	                            void *recv, const size_t counts[],
	                            size_t width);

	/* Combine call->count elements of call->type with call->op. */
	cohort_status (*allreduce)(struct world *world, const struct call *call,
	                           const void *send, void *recv);

	/* Bring the bytes of rank 0's `memory`, which is filled, to all ranks:
	 * one copy on each machine, which its ranks share, or a copy on each
	 * rank where the system does not let them (node_memory.h). `memory` is
	 * all 0 on other ranks, and `bytes`, above 0, is the same on all. The
	 * caller frees it on each rank, also if this fails.
	 *
	 * On backends with `agree` a rank that lacks memory stays in step: it
	 * sets *mine, with the sentence written, and memory->data is NULL there
	 * and on other ranks of its machine. The caller tells the others. */
	cohort_status (*spread)(struct world *world, const struct call *call,
	                        struct node_memory *memory, size_t bytes,
	                        cohort_status *mine);

	/* Gather counts[r] bytes from each rank r into `memory`, which is all 0
	 * before: one copy on each machine or a copy on each rank, as with
	 * `spread`. The bytes of rank r begin at offsets[r], which this sets.
	 * The sum of all counts is above 0. The caller frees `memory` on each
	 * rank, also if this fails.
	 *
	 * On backends with `agree`, if the sum is at most GATHERED_SMALL_BYTES,
	 * `memory` is private memory of so many bytes instead, and the caller
	 * finishes it. If a rank lacks memory, *lack is set on all ranks, with
	 * the sentence written, and they are in step. */
	cohort_status (*gather_shared)(struct world *world,
	                               const struct call *call,
	                               const void *send, const size_t counts[],
	                               struct node_memory *memory,
	                               size_t offsets[], cohort_status *lack);

	/* Allocate zeroed memory that this backend moves fastest; NULL with the
	 * sentence written. core passes each pointer to release once, before
	 * close. Both functions are NULL if the backend moves all memory
	 * alike: core then allocates ordinary memory. */
	void *(*alloc)(struct world *world, size_t bytes);
	void (*release)(struct world *world, void *memory);

	/* Offer tickets 0 to total - 1. Every rank calls it, in the same order
	 * as its collective calls; it does not wait. Before it, every rank has
	 * finished with the earlier tickets. Between it and the first claim,
	 * the caller makes a collective call that waits for all ranks. A
	 * failure leaves the ranks in step; the caller tells the others. */
	cohort_status (*tickets_open)(struct world *world, uint64_t total);

	/* Claim at most `most` (1 or more) tickets that no other rank gets. A
	 * count of 0 means that none are left. Not collective. */
	cohort_status (*tickets_claim)(struct world *world, uint64_t most,
	                               struct ticket_range *out);

	/* In a forked copy of a rank, which calls nothing of the backend from
	 * now on but tickets_claim, if copies_claim: make the memory that the
	 * ranks share unwritable for this process, as far as the copy need not
	 * write it, so that a task that writes to a wrong address does no harm
	 * there. COHORT_ESYS if the system refuses. */
	cohort_status (*become_task)(struct world *world);

	/* This rank is about to claim tickets or to run tasks. Not collective.
	 * Between this call and tickets_leave the rank makes no collective
	 * call. */
	void (*tickets_join)(struct world *world);

	/* This rank claims no more until tickets are opened again. Every rank
	 * calls it, also one that has not joined, before the next collective
	 * call. It may wait for the other ranks. A failure breaks the group. */
	cohort_status (*tickets_leave)(struct world *world);
};

#endif
