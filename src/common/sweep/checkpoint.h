/* A sweep's use of its journal: the results of earlier runs are loaded from it,
 * and those of this run are appended. */
#ifndef COHORT_COMMON_SWEEP_CHECKPOINT_H
#define COHORT_COMMON_SWEEP_CHECKPOINT_H

#include "common/core/backend.h"
#include "common/journal/journal.h"
#include "common/journal/reader.h"
#include "common/journal/writer.h"
#include "sweep.h"

/* All 0 without a journal. */
struct checkpoint {
	struct journal *journal; /* on the root */
	struct journal_run id;
	struct journal_figures figures; /* on the root */
	/* On the root, if results are released: until they have been passed
	 * on, or their places are known. Else NULL. */
	struct journal_reading *reading;
	unsigned char *done; /* a bit for each task of earlier runs */
	struct journal_writer *writer;
	struct journal_shared *shared; /* the writer's, with forked copies */
	uint32_t flags;                /* that all records of this run have */
};

/* On the root: open the job's journal, with journal_open_unlocked if
 * `unlocked`, and mark its results in `done`. Load them into the sweep's
 * store, or, if the job releases results, have checkpoint->reading for them.
 * Returns the status of journal_open or journal_read, or COHORT_ENOMEM. */
COHORT_CHECKED cohort_status checkpoint_open(struct checkpoint *checkpoint,
                                             const cohort_job *job,
                                             bool unlocked,
                                             struct sweep *sweep);

/* No result of the journal is read any more. */
void checkpoint_end_reading(struct checkpoint *checkpoint);

/* On every rank, after the root has sent it checkpoint->id: open this rank's
 * writer. */
COHORT_CHECKED cohort_status checkpoint_begin(struct checkpoint *checkpoint,
                                              const cohort_job *job,
                                              const struct world *world);

/* All ranks have opened theirs: this one may write. */
void checkpoint_ready(struct checkpoint *checkpoint, const struct world *world);

/* Append the record at `at` in the sweep's store. checkpoint_end returns a
 * failure. */
void checkpoint_write(struct checkpoint *checkpoint, const struct sweep *sweep,
                      const struct store_mark *at);

/* Bytes written so far; 0 without a journal. */
static inline uint64_t checkpoint_written(const struct checkpoint *checkpoint)
{
	return checkpoint->writer ? journal_writer_committed(checkpoint->writer)
	                          : 0;
}

/* Close the writer. COHORT_EIO if any record could not be written. */
COHORT_CHECKED cohort_status checkpoint_end(struct checkpoint *checkpoint);

/* In a child forked for tasks: give up its copy of the journal's lock, which
 * belongs to the rank. */
void checkpoint_leave(struct checkpoint *checkpoint);

/* Release everything. In a forked copy: the copy only. */
void checkpoint_close(struct checkpoint *checkpoint);

#endif
