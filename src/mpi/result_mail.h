/*
 * Results on their way to rank 0 while ranks run tasks: messages of up to
 * RESULT_MESSAGE_BYTES, which every MPI sends without the receiver's help. A
 * rank has a window of messages that rank 0 has not acknowledged, so a slow
 * rank 0 keeps a bounded number of them. A thread may exchange tickets at the
 * same time, so each function takes its lock (progress_thread.h).
 * Cost: a message for each RESULT_MESSAGE_BYTES, and a short one back for half
 * a window, for each word that rank 0 tells, and at the end of a round.
 */
#ifndef COHORT_MPI_RESULT_MAIL_H
#define COHORT_MPI_RESULT_MAIL_H

#include "mpi_world.h"

/* See struct result_transfer. */
extern const struct result_transfer result_mail;

/* When a group closes. Messages that are still on their way keep their
 * memory. */
void result_mail_free(struct mpi_world *world);

#endif
