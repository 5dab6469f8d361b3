/* Results as they come (delivery_state.h): the copies of other ranks' records
 * on rank 0, where it cannot read them where they are. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_SENT_H
#define COHORT_COMMON_SWEEP_DELIVERY_SENT_H

#include "delivery_mail_state.h"

/* Room for `bytes` more bytes of rank r, behind its stream; the caller adds to
 * sent_bytes what it has put there. NULL if there is none, or the messages have
 * failed: then the sweep stops. */
unsigned char *delivery_sent_room(struct delivery *delivery, int r,
                                  size_t bytes);

#endif
