/* Rank 0 receives the other ranks' records, and tells them that it goes on. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_MAIL_RECEIVE_H
#define COHORT_COMMON_SWEEP_DELIVERY_MAIL_RECEIVE_H

#include "delivery.h"

/* Append what has come to the streams of its ranks. Not more than a number of
 * messages, so that results are handed over in between. */
void mail_receive_all(struct delivery *delivery);

/* Whether a message has come a short time ago, so that ranks may have results
 * that rank 0 does not have yet. */
bool delivery_mail_comes(const struct delivery *delivery);

/* Tell the other ranks a word: 0, or that of the end of a round. */
void mail_tell(struct delivery *delivery, uint64_t word);

/* After each call of on_result: tell the ranks that wait, now and then, that
 * rank 0 goes on. */
void mail_tell_of_call(struct delivery *delivery);

#endif
