/* Results as they come (delivery_state.h): how rank 0 reads the records of a
 * rank. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_STREAM_H
#define COHORT_COMMON_SWEEP_DELIVERY_STREAM_H

#include "delivery_state.h"

/* A record that may be handed over. */
struct taken_record {
	const struct record *record;
	const void *data;
	const char *error;
	uint64_t next; /* place of the record behind it */
};

/* Where rank 0 can read a stream: the records at the places `base` to `end`. */
struct readable {
	const unsigned char *start; /* NULL: nowhere */
	uint64_t base;
	uint64_t end;
	/* The rank has checked them, and no child can write there any more. */
	bool settled;
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

struct readable delivery_read(const struct delivery *delivery, int r);

/* The same up to a place where a record that was taken has ended, whatever the
 * counters say now: a child of any rank may have overwritten them. Results are
 * not released as they are read. */
struct readable delivery_read_taken(const struct delivery *delivery, int r,
                                    uint64_t end);

/* The record at `place`. False if there is none, or none that can be believed
 * now: then the rank may write another one there. If `trusted`, it counts as
 * settled. */
bool delivery_take(struct delivery *delivery, int r, struct readable readable,
                   uint64_t place, bool trusted, struct taken_record *out);

#endif
