/*
 * Results that are released as they are read (job.discard): a rank goes on only
 * as far as there is room, so that every rank needs bounded memory.
 *
 * A rank uses the two halves of its store in turns. When delivery->segment
 * bytes are in one, it turns to the other, as soon as rank 0 has taken all
 * records there. An isolated rank turns between two children.
 *
 * With job.ordered, rank 0 takes results whose turn has not come into a buffer.
 * While the buffer is full, a rank may begin no task but the one that is
 * awaited next, and some behind it that are missing, too. Ranks run their tasks
 * by index, so some rank can go on. If the awaited task was lost in this pass,
 * with a child that was killed or with a rank, or a node got it back when its
 * ranks had claimed later ones, all ranks that could go on are held up; then
 * rank 0 ends the pass, and the next one begins with that task.
 *
 * A rank that is held up does not wait for ever for a rank that does not come
 * (delivery_patience.h).
 *
 * Ranks of one machine read in shared memory how far rank 0 is. Those that send
 * their results hear it in messages (delivery_mail_flow.h).
 */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_FLOW_H
#define COHORT_COMMON_SWEEP_DELIVERY_FLOW_H

#include "delivery_state.h"

/* Bytes that a half of this rank's store gets. */
size_t delivery_segment(int ranks);

/* Whether this rank, or its child, must not begin the task with this index now.
 * A child that must not leaves, and its rank waits. */
bool delivery_blocks(const struct sweep_run *run, size_t index);

/* In the rank, while it has no child and the task is blocked: wait. False if
 * the rank must not go on. */
bool delivery_await_room(struct sweep_run *run, size_t index);

/* On rank 0, which runs no task itself: if all other ranks are held up or have
 * ended the round, end it. */
void delivery_give_up(struct sweep_run *run);

/* Whether rank 0 has ended this round so: known on every rank when it has left
 * the round. */
bool delivery_gave_up(const struct sweep_run *run);

#endif
