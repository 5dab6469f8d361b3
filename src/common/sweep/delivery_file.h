/*
 * Results as they come, on mpi with all ranks on one machine: rank 0 reads the
 * records of the other ranks in files in memory, where they were written. So it
 * has them at once, also if a rank is in a task for hours, and has finished
 * more before than messages would carry. Rank 0 copies them to the streams of
 * their ranks, as it does with messages (delivery_mail.h), which still tell all
 * else. Ranks whose files cannot be opened, and those of isolated tasks, which
 * have to check their children's records first, send them.
 *
 * A rank shows how far its records go (`shown` in worker_stats.h), and rank 0
 * how far it has read them (`taken` in rank_states.h). If results are released,
 * the rank turns to the other half of its store when all of this one is read.
 *
 * This is rank 0's part, and delivery_file_offer.h that of the others.
 */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_FILE_H
#define COHORT_COMMON_SWEEP_DELIVERY_FILE_H

#include "delivery_mail_state.h"

/* On rank 0, when the ranks have exchanged their statuses, and at the end. */
void delivery_file_open(struct delivery *delivery);
void delivery_file_close(struct delivery *delivery);

/* Append what the ranks have shown to their streams. Of each not
 * more than a number of bytes, so that results are handed over in between. */
void delivery_file_read(struct delivery *delivery);

/* Whether a rank has shown more than was read. */
bool delivery_file_is_behind(const struct delivery *delivery);

#endif
