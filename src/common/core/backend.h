/*
 * The seam between the public calls and what carries them out. A backend is
 * one struct of functions; src/common/serial/serial.c is the shortest one and the
 * reference for what each slot means.
 *
 * group.c and collective.c have checked every argument before a slot is
 * called: sizes do not overflow, buffers that are not used are NULL, roots,
 * types and operators are valid, COHORT_IN_PLACE has become an address (a
 * `send` that equals its destination means: it is there already, and nothing
 * else overlaps). No slot may call back into those files. Every slot is
 * required.
 *
 * A slot that fails has written the sentence (error_set), and leaves ranks out
 * of step: group.c then breaks the group, and will only call `close` or
 * `abort` on it. Every collective slot gets the call that the ranks agree on;
 * a backend that can, checks that all of them are in the same one before any
 * receive buffer is written, and returns COHORT_EMISMATCH if not.
 */
#ifndef COHORT_COMMON_CORE_BACKEND_H
#define COHORT_COMMON_CORE_BACKEND_H

#include "cohort.h"
#include "common/base/call.h"
#include "config.h"
#include "launcher.h"

struct backend;
struct worker_stats;
struct region_allocator;

/* What every backend's world begins with: one group, seen from one rank. */
struct world {
	const struct backend *backend;
	int rank;
	int size;
	unsigned number; /* among this backend's groups: goes into its calls */
	/* Where calls are put together: if peers are to read what this rank is
	 * in, a place that they can read, so that it need not be copied. */
	struct call *call;
	/* Of memory that all ranks can read where it is; NULL if there is none.
	 * Stands until the process ends. */
	struct region_allocator *regions;
	/* Shared by the ranks that share memory with this one, with a tally
	 * for each of them; this rank's is number `seat`. Shared also with
	 * forked copies of them. */
	struct worker_stats *stats;
	int stats_ranks;
	int stats_index;
	/* A forked copy of a rank may call tickets_claim in its place. */
	bool copies_claim;
};

/* Tickets first, first + 1, ... of which there are `count`. */
struct tickets_run {
	uint64_t first;
	uint64_t count;
};

/* What there is of `most` tickets from `first` on, if there are `total`. */
static inline struct tickets_run tickets_cut(uint64_t first, uint64_t most,
                                             uint64_t total)
{
	if (first >= total)
		return (struct tickets_run){total, 0};
	return (struct tickets_run){
	    first, most < total - first ? most : total - first};
}

struct backend {
	const char *name;

	/* Collective. `launcher` is NULL if none was recognised. On failure
	 * everything is undone. */
	cohort_status (*open)(const struct config *config,
	                      const struct launcher *launcher,
	                      struct world **out);

	/* Collective when `call` is given: wait for the peers, then release.
	 * NULL: the group is broken, or this is a forked copy: release only.
	 * Released in any case. */
	cohort_status (*close)(struct world *world, const struct call *call);

	/* Does not return. */
	void (*abort)(struct world *world, int exit_code);

	/* This rank refuses the call that its peers may be in, because its
	 * arguments are bad: they are released with COHORT_EMISMATCH, if the
	 * backend can. Does not wait. */
	void (*refuse)(struct world *world, const struct call *call);

	cohort_status (*barrier)(struct world *world, const struct call *call);

	/* `bytes` bytes at `data`, from call->root to all. */
	cohort_status (*bcast)(struct world *world, const struct call *call,
	                       void *data, size_t bytes);

	/* counts[r] elements of `width` bytes come from rank r; recv and
	 * counts are NULL off call->root. call->count is this rank's own
	 * count. */
	cohort_status (*gatherv)(struct world *world, const struct call *call,
	                         const void *send, void *recv,
	                         const size_t counts[], size_t width);

	/* The same, to every rank. counts[rank] == call->count has been
	 * checked. */
	cohort_status (*allgatherv)(struct world *world,
	                            const struct call *call, const void *send,
	                            void *recv, const size_t counts[],
	                            size_t width);

	/* call->count elements of call->type, combined with call->op. */
	cohort_status (*allreduce)(struct world *world, const struct call *call,
	                           const void *send, void *recv);

	/* Zeroed memory that this backend moves best; NULL with the sentence
	 * written. Only what alloc gave is given to release, and all of it
	 * before close. */
	void *(*alloc)(struct world *world, size_t bytes);
	void (*release)(struct world *world, void *memory);

	/* Put out tickets 0, 1, ... total - 1. Every rank calls it, in step;
	 * it does not wait. The caller sees to it that every rank is through
	 * with the tickets before, and that all ranks meet in a call that
	 * waits for all of them between this one and the first claim. */
	cohort_status (*tickets_open)(struct world *world, uint64_t total);

	/* At most `most` of them (at least 1), which no other rank gets; none
	 * when there are none left, and then never again. Not collective. */
	cohort_status (*tickets_claim)(struct world *world, uint64_t most,
	                               struct tickets_run *out);

	/* This rank claims no more, until tickets are opened again. Not
	 * collective; before the rank makes any other call. */
	void (*tickets_leave)(struct world *world);
};

/* The table. */
extern const struct backend serial_backend; /* src/common/serial/serial.c */
extern const struct backend mp_backend;     /* src/mp/mp_backend.c */

#endif
