/*
 * A rank takes over the finished results and the position of a child that has
 * ended. A task may have written anywhere that the child can write, so the rank
 * checks all of it.
 */
#ifndef COHORT_COMMON_SWEEP_HANDOVER_H
#define COHORT_COMMON_SWEEP_HANDOVER_H

#include "worker.h"

struct handover {
	struct cursor before; /* when the child was forked */
	/* The end of the store then: the part of a page that the child can
	 * write although the results in it are finished. */
	unsigned char *loose;
	size_t loose_bytes;
};

/* Prepare, with a new key, for a child that is forked now. handover_free
 * releases what is needed, whatever is returned. */
COHORT_CHECKED cohort_status handover_begin(struct handover *handover,
                                            struct worker *worker);

/*
 * The child has ended. Adds its finished tasks to the store, sets the cursor
 * behind them, and cuts the journal there. *damaged receives whether a task has
 * written to memory that it should not: then the tasks that cannot be told to
 * be finished are missing, and the results that were there before are as they
 * were.
 */
COHORT_CHECKED cohort_status handover_end(struct handover *handover,
                                          struct worker *worker, bool *damaged);

/* Drop what the journal has behind the cursor. */
void handover_cut_journal(const struct worker *worker);

void handover_free(struct handover *handover);

#endif
