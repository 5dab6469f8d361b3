/* A sweep's use of its journal: what earlier runs have done is loaded, what
 * this one does is appended. */
#ifndef COHORT_COMMON_RESUME_H
#define COHORT_COMMON_RESUME_H

#include "journal.h"
#include "store.h"

struct run;

struct resume {
	struct journal *journal; /* of the root */
	struct journal_run id;
	struct journal_figures figures; /* of the root */
	unsigned char *done; /* parameter sets that earlier runs have done */
	struct journal_writer *writer;
	struct journal_shared *shared; /* with forked copies */
};

/* On the root: open the journal, and load what is there into the sweep's store.
 * The status of journal_open or journal_read; ENOMEM. */
COHORT_CHECKED cohort_status resume_open(struct run *run);

/* On every rank, when resume->id is the root's: open this rank's writer. */
COHORT_CHECKED cohort_status resume_begin(struct run *run);

/* Append the record that begins at `at` in the store. A failure is kept, and
 * shows in resume_end. */
void resume_write(struct resume *resume, const struct store *store,
                  const struct store_mark *at);

/* Bytes written, to be rewound to. */
static inline uint64_t resume_written(const struct resume *resume)
{
	return resume->writer ? journal_writer_committed(resume->writer) : 0;
}

/* Close the writer: COHORT_EIO if anything could not be written. */
COHORT_CHECKED cohort_status resume_end(struct resume *resume);

/* In a forked copy that runs tasks: the journal's lock is the rank's alone. */
void resume_leave(struct resume *resume);

/* Release all that is left; in a forked copy, of its copies. */
void resume_close(struct resume *resume);

#endif
