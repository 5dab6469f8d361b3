/*
 * A record file that only one rank writes to in a run. Each record is one
 * writev that appends it. The number of valid bytes is in the writer's shared
 * part, so that a partial record behind them can be cut off.
 */
#ifndef COHORT_COMMON_JOURNAL_SINGLE_FILE_H
#define COHORT_COMMON_JOURNAL_SINGLE_FILE_H

#include "writer_state.h"

/* Make the file with its head, and sync the directory so that the name is on
 * the disk. COHORT_EIO if that is not possible. */
COHORT_CHECKED cohort_status single_file_make(struct journal_writer *writer,
                                              const struct journal_run *run);

/* The functions of writer.h for such a file. */
COHORT_CHECKED cohort_status single_file_write(
    struct journal_writer *writer, const struct journal_record *record);
COHORT_CHECKED cohort_status single_file_rewind(struct journal_writer *writer,
                                                uint64_t bytes);

/* Cut off what a process that has died has left. False with errno. */
bool single_file_mend(struct journal_writer *writer);

#endif
