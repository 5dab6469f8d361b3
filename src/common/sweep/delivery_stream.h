/* Results as they come (delivery_state.h): how rank 0 reads the records of a
 * rank. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_STREAM_H
#define COHORT_COMMON_SWEEP_DELIVERY_STREAM_H

#include "delivery_read.h"

/* A record that may be handed over. */
struct taken_record {
	const struct record *record;
	const void *data;
	const char *error;
	uint64_t next; /* place of the record behind it */
};

/* Have delivery->copy for a record of `bytes` bytes. False if there is no
 * memory. */
bool delivery_have_copy(struct delivery *delivery, size_t bytes);

/* If a child has destroyed records, others are written where they were: take
 * those. */
void delivery_follow_children(const struct delivery *delivery, int r);

/* The record in this place is not what it was. If it may be so again, take the
 * records from there on once more. */
void delivery_look_again(const struct delivery *delivery, int r,
                         uint64_t place);

/* The record at `place`. False if there is none, or none that can be believed
 * now: then the rank may write another one there. If `trusted`, it counts as
 * settled. Without memory to copy it, the delivery has halted
 * (delivery_halt.h). */
bool delivery_take(struct delivery *delivery, int r, struct readable readable,
                   uint64_t place, bool trusted, struct taken_record *out);

#endif
