/* A sweep's use of its journal: what earlier runs have done is loaded, what
 * this one does is appended. */
#ifndef COHORT_COMMON_SWEEP_CHECKPOINT_H
#define COHORT_COMMON_SWEEP_CHECKPOINT_H

#include "common/journal/journal.h"
#include "common/journal/reader.h"
#include "common/journal/writer.h"
#include "result_store.h"

struct sweep_run;

struct checkpoint {
	struct journal *journal; /* of the root */
	struct journal_run id;
	struct journal_figures figures; /* of the root */
	unsigned char *done; /* parameter sets that earlier runs have done */
	struct journal_writer *writer;
	struct journal_shared *shared; /* with forked copies */
};

/* On the root: open the journal, and load what is there into the sweep's store.
 * The status of journal_open or journal_read; ENOMEM. */
COHORT_CHECKED cohort_status checkpoint_open(struct sweep_run *run);

/* On every rank, when resume->id is the root's: open this rank's writer. */
COHORT_CHECKED cohort_status checkpoint_begin(struct sweep_run *run);

/* Append the record that begins at `at` in the store. A failure is kept, and
 * shows in checkpoint_end. */
void checkpoint_write(struct checkpoint *checkpoint,
                      const struct result_store *store,
                      const struct result_mark *at);

/* Bytes written, to be rewound to. */
static inline uint64_t checkpoint_written(const struct checkpoint *checkpoint)
{
	return checkpoint->writer ? journal_writer_committed(checkpoint->writer)
	                          : 0;
}

/* Close the writer: COHORT_EIO if anything could not be written. */
COHORT_CHECKED cohort_status checkpoint_end(struct checkpoint *checkpoint);

/* In a forked copy that runs tasks: the journal's lock is the rank's alone. */
void checkpoint_leave(struct checkpoint *checkpoint);

/* Release all that is left; in a forked copy, of its copies. */
void checkpoint_close(struct checkpoint *checkpoint);

#endif
