/* Rank 0 receives the other ranks' records, and tells them that it goes on. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_MAIL_RECEIVE_H
#define COHORT_COMMON_SWEEP_DELIVERY_MAIL_RECEIVE_H

#include "delivery.h"

/* Append what has come to the streams of its ranks. Not more than a number of
 * messages, so that results are handed over in between. */
void mail_receive_all(struct delivery *delivery);

/* After each call of on_result, and when results have arrived: tell the ranks
 * that wait, now and then, that rank 0 goes on. */
void mail_tell_of_progress(struct delivery *delivery);

#endif
