/*
 * Results as they come, where rank 0 cannot read the other ranks' memory and
 * the backend has a struct result_transfer: each rank sends its finished
 * records as a stream of bytes, cut into messages, between its tasks and while
 * it waits. Rank 0 appends them to the stream of the rank. A message without
 * records ends a rank's round. Each message begins with the number of its
 * sweep: rank 0 drops those of a sweep that failed.
 */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_MAIL_H
#define COHORT_COMMON_SWEEP_DELIVERY_MAIL_H

#include "delivery.h"

/* Whether records travel so. */
bool delivery_mail_is_used(const struct sweep_run *run);

/* Before a sleep: hand over on rank 0, or send, what is finished. */
void delivery_attend(struct delivery *delivery);

/* Seconds that the rank may sleep then: `most`, or less if there are messages
 * to look for. `delivery` may be NULL. */
double delivery_nap(const struct delivery *delivery, double most);

/* This rank runs no more tasks in this round, and has no child. From now to the
 * end of the round rank 0 calls `looked` each time that it has handed over what
 * has come. */
void delivery_mail_leave(struct delivery *delivery,
                         void (*looked)(struct sweep_run *run));

/* At the end of a round, on every rank: send all, or receive the rest and hand
 * it over; the others wait until rank 0 has. If nothing moves for the group's
 * timeout, the messages have failed, with COHORT_ETIMEOUT. */
void delivery_mail_end_round(struct delivery *delivery);

/* In delivery_open and delivery_close. */
COHORT_CHECKED cohort_status delivery_mail_open(struct delivery *delivery);
void delivery_mail_close(struct delivery *delivery);

#endif
