/* Reads records of earlier runs one by one, in any order. */
#ifndef COHORT_COMMON_JOURNAL_PICKED_FILES_H
#define COHORT_COMMON_JOURNAL_PICKED_FILES_H

#include "reader.h"

struct picked_file;

enum { PICKED_FILES = 8 /* that are open at most */ };

/* All 0 at first. */
struct picked_files {
	const struct journal *journal;
	struct journal_files all;
	struct picked_file *files[PICKED_FILES];
	struct picked_file *last; /* the one that was read last */
};

/* Read records of the journal, which stays open, at the places that this
 * reading gives. */
COHORT_CHECKED cohort_status
picked_files_open(struct picked_files *files, const struct journal *journal,
                  const struct journal_reading *reading);

/*
 * Read the record at `place`, which journal_reading_place has given, and check
 * it. *out is valid until the next call; its index is that of its own run.
 * Cost: nothing where the record is behind the last one of its file, and in
 * memory; else a system call that reads 64 KiB or the record, and three more
 * if the file is not open.
 *
 * Memory: 16 bytes for each file, 64 KiB for each open one, and the size of the
 * largest record.
 *
 * Returns the statuses of journal_read.
 */
COHORT_CHECKED cohort_status picked_files_read(struct picked_files *files,
                                               struct journal_place place,
                                               struct journal_record *out);

/* Close all files. All 0 is allowed. */
void picked_files_close(struct picked_files *files);

#endif
