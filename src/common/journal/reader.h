/* Reads the tasks that earlier runs have finished. */
#ifndef COHORT_COMMON_JOURNAL_READER_H
#define COHORT_COMMON_JOURNAL_READER_H

#include "directory.h"
#include "journal_types.h"

struct journal;

struct journal_figures {
	uint64_t files;      /* record files of earlier runs */
	uint64_t records;    /* that are results of the sweep */
	uint64_t unused;     /* other records: see assignment.h */
	uint64_t torn;       /* records that are incomplete */
	uint64_t torn_bytes; /* bytes of all incomplete records */
};

/*
 * Pass the results of the sweep that earlier runs have to `take`, on the root,
 * at most one for each parameter set; record->index is the index of that set in
 * this sweep. assignment.h says which records these are. Records are read in
 * the order of runs, then of ranks, then in the file. All files are checked
 * before the first record is passed on.
 *
 * An incomplete record at the end of a file is dropped and counted. The same
 * goes for zeros up to the end of the file, which some file systems leave after
 * a power cut. Files are read and not mapped: if somebody truncates one
 * meanwhile, the result is an error and not SIGBUS. Files with other names than
 * a journal's are ignored. Links are not followed. Cost: two readings, the
 * memory that assignment.h says, and the size of the largest record.
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

/*
 * The same in steps, for a caller that does not keep all results. Of the
 * journal, which must stay open, a reading has only what assignment.h says in
 * memory, and no descriptor between the calls.
 */
struct journal_reading;

/* Check all files, and decide which records are results of the sweep. Returns
 * the statuses of journal_read. */
COHORT_CHECKED cohort_status journal_reading_open(
    const struct journal *journal, struct journal_reading **out,
    struct journal_figures *figures);

/* Add the parameter sets that have a result to `sets`; see bit_set.h. */
void journal_reading_mark(const struct journal_reading *reading,
                          unsigned char *sets);

/* The last pass gives the memory of what has been passed on back as it goes;
 * nothing can be asked for afterwards. */
enum journal_pass { PASS_AGAIN, PASS_LAST };

/* Pass all results to `take`, as journal_read does. Cost: a reading. */
COHORT_CHECKED cohort_status
journal_reading_pass(struct journal_reading *reading, enum journal_pass pass,
                     journal_take *take, void *arg);

/* During a call of `take`: the place of its record. */
struct journal_place
journal_reading_place(const struct journal_reading *reading);

/* The files of a reading, in their order. */
struct journal_files {
	struct tasks_name *names;
	uint64_t *begins; /* bytes of the files before each */
	size_t count;
};

/* A copy, which the caller frees with journal_files_free. */
COHORT_CHECKED cohort_status journal_reading_files(
    const struct journal_reading *reading, struct journal_files *out);

void journal_files_free(struct journal_files *files);

/* NULL is allowed. */
void journal_reading_close(struct journal_reading *reading);

#endif
