/*
 * A record file that all ranks of a machine append to. Each record is one
 * writev with O_APPEND, during which the kernel lets no other process write to
 * the file; it needs no lock that a rank could keep, by a signal or by its
 * death. So records of several ranks follow each other in any order. A writer
 * that dies in the middle leaves a piece, which readers pass over (torn.h).
 * Nothing can be cut off, because the records of others may follow: what a rank
 * drops stays there, marked as dropped.
 *
 * A record that one writev cannot take goes to a file of this rank alone, which
 * has the number of ranks + this rank, and the same format.
 */
#ifndef COHORT_COMMON_JOURNAL_NODE_FILE_H
#define COHORT_COMMON_JOURNAL_NODE_FILE_H

#include "writer_state.h"

/* Whether appends in one call do not mix on the file system of this
 * directory. */
bool node_file_is_possible(int dir);

/* On the first rank, which has this number: make the file with its head, and
 * sync the directory. COHORT_EIO if that is not possible. */
COHORT_CHECKED cohort_status node_file_make(struct journal_writer *writer);

/* On another one: open the file of the rank `first`. False if that is of this
 * rank alone. Any other failure is stored in the writer. */
bool node_file_open(struct journal_writer *writer, int first);

/* The functions of writer.h for such a file. */
COHORT_CHECKED cohort_status node_file_write(
    struct journal_writer *writer, const struct journal_record *record);
COHORT_CHECKED cohort_status node_file_rewind(struct journal_writer *writer,
                                              uint64_t bytes);

/* Drop the record of a process that has died before it was counted. False with
 * errno. */
bool node_file_mend(struct journal_writer *writer);

#endif
