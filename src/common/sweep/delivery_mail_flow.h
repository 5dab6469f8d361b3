/*
 * Results that are released as they are read (delivery_flow.h), over messages:
 * when rank 0 holds too many, it tells the others the index below which they
 * may begin tasks. A rank that is held up by that, and has sent all its
 * results, says so together with the number of the news that it has heard. So
 * rank 0 knows whether it is still held up after the latest news.
 * Cost: a message to each rank when rank 0 holds too many results, and when it
 * has room again; in between two whenever a rank has done what it might.
 */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_MAIL_FLOW_H
#define COHORT_COMMON_SWEEP_DELIVERY_MAIL_FLOW_H

#include "delivery_mail_state.h"

/* ---- on rank 0 ---- */

/* Tell all other ranks how things are. */
void mail_tell(struct delivery *delivery);

/* A rank has said what it waits for. */
void mail_flow_note(struct delivery *delivery, int from,
                    const struct mail_wait *wait);

/* Tell the other ranks whether there is room, if that has changed, and each
 * that waits with a task which it may begin now. */
void mail_flow_tell(struct delivery *delivery);

/* Whether no other rank can bring the result that is awaited next. */
bool mail_flow_all_held_up(const struct delivery *delivery);

/* This round ends, although tasks are not run. */
void mail_flow_give_up(struct delivery *delivery, uint64_t round);

/* All ranks have ended the round. */
void mail_flow_end_round(struct delivery *delivery);

/* ---- on the others ---- */

/* If all results of this rank have been sent: say that it may not begin the
 * task with this index + 1 after the news that it has heard, or MAIL_HAS_LEFT.
 */
void mail_flow_say(struct delivery *delivery, uint64_t awaits);

#endif
