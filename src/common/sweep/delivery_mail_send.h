/* The records of a rank other than 0 as messages to rank 0. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_MAIL_SEND_H
#define COHORT_COMMON_SWEEP_DELIVERY_MAIL_SEND_H

#include "delivery_mail_state.h"

/* Whether there are finished records that have not been sent, or that rank 0
 * has not read where it reads them. */
bool mail_has_rest(struct delivery *delivery, bool trusted);

/* Send one message of at most MAIL_RECORDS_BYTES bytes. False if rank 0 does
 * not keep up, or the messages are broken. */
bool mail_send_message(struct delivery *delivery, enum mail_kind kind,
                       const void *data, size_t bytes);

/* Take in what rank 0 has said. */
void mail_hear(struct delivery *delivery);

/* Send what is finished, as far as rank 0 keeps up, unless rank 0 reads it
 * where it is. If `trusted`, no child runs. */
void delivery_mail_send(struct delivery *delivery, bool trusted);

#endif
