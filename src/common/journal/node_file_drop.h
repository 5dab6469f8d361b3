/* Marks records of a node's file as dropped. */
#ifndef COHORT_COMMON_JOURNAL_NODE_FILE_DROP_H
#define COHORT_COMMON_JOURNAL_NODE_FILE_DROP_H

#include "writer_state.h"

/*
 * Keep `bytes` bytes of this rank's records, by format_single_bytes, and mark
 * the others as dropped, in the node's file and in the rank's own. No process
 * of the rank may be writing. *kept receives how many bytes there are, at most
 * `bytes`; it may be NULL. False with errno.
 */
bool node_file_drop(struct journal_writer *writer, uint64_t bytes,
                    uint64_t *kept);

/* All that this rank has written, `bytes` bytes, is kept, whatever it drops
 * later. */
void node_file_keep(struct journal_writer *writer, uint64_t bytes);

#endif
