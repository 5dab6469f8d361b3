/*
 * Pieces of records in a file that several ranks append to. A writer that was
 * killed, or whose disk was full, leaves a piece of its record, and the others
 * append behind it. So a piece may be anywhere in such a file, and the next
 * record follows it at once.
 */
#ifndef COHORT_COMMON_JOURNAL_TORN_H
#define COHORT_COMMON_JOURNAL_TORN_H

#include "file_window.h"
#include "format_record.h"

/*
 * A piece that lacks its last bytes may look whole, if the next magic begins
 * with the same bytes. Then the next record begins before the window's offset.
 * *bytes receives by how much; 0: there is none.
 */
COHORT_CHECKED cohort_status torn_overlap(struct file_window *window,
                                          const struct format_tasks *head,
                                          uint64_t *bytes);

/*
 * At the window's offset are as many bytes as a header has, and they are none.
 * *bytes receives the length of the piece; 0: there is no other header, or
 * piece of one, so close behind its beginning as it would be behind a piece of
 * a header. So the bytes are no piece.
 */
COHORT_CHECKED cohort_status torn_header(struct file_window *window,
                                         const struct format_tasks *head,
                                         uint64_t *bytes);

/*
 * At the window's offset is the header of a record of `whole` bytes, and what
 * follows it is not its body, or not all of it. *bytes receives the length of
 * the piece up to the next header, with a piece of a header that may be
 * between; 0: the record is no piece, as far as its file shows.
 */
COHORT_CHECKED cohort_status torn_body(struct file_window *window,
                                       const struct format_tasks *head,
                                       uint64_t whole, uint64_t *bytes);

#endif
