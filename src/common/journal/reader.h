/* Reads the tasks that earlier runs have finished. */
#ifndef COHORT_COMMON_JOURNAL_READER_H
#define COHORT_COMMON_JOURNAL_READER_H

#include "journal_types.h"

struct journal;

struct journal_figures {
	uint64_t files;      /* record files of earlier runs */
	uint64_t records;    /* tasks handed over */
	uint64_t superseded; /* older records of these tasks */
	uint64_t torn;       /* files whose last record is incomplete */
	uint64_t torn_bytes; /* bytes of all incomplete records */
};

/*
 * Pass every task that earlier runs have finished to `take`, once each, on the
 * root. If there are several records of a task, the last one counts: that of
 * the latest run, there of the highest rank, there nearest to the end of the
 * file. All files are checked before the first task is passed on.
 *
 * An incomplete record at the end of a file is dropped and counted. The same
 * goes for zeros up to the end of the file, which some file systems leave after
 * a power cut. Files are read and not mapped: if somebody truncates one
 * meanwhile, the result is an error and not SIGBUS. Files with other names than
 * a journal's are ignored. Links are not followed. Cost: two readings, 8 bytes
 * of memory for each parameter set, and the size of the largest record.
 *
 * COHORT_ECORRUPT  the contents of a file are not what was written; the
 *                  sentence names file and offset and says what to do. If a
 *                  file changes between its two readings, tasks may have been
 *                  passed on already
 * COHORT_EINVAL    a record file belongs to another user
 * COHORT_EIO       a file cannot be read
 */
COHORT_CHECKED cohort_status journal_read(const struct journal *journal,
                                          journal_take *take, void *arg,
                                          struct journal_figures *figures);

#endif
