/* Results as they come (delivery_state.h): where rank 0 can read the records of
 * a rank. */
#ifndef COHORT_COMMON_SWEEP_DELIVERY_READ_H
#define COHORT_COMMON_SWEEP_DELIVERY_READ_H

#include "delivery_state.h"

/* Where rank 0 can read a stream: the records at the places `base` to `end`. */
struct readable {
	const unsigned char *start; /* NULL: nowhere */
	uint64_t base;
	uint64_t end;
	/* The rank has checked them, and no child can write there any more. */
	bool settled;
};

struct rank_state *delivery_state_of(const struct delivery *delivery, int r);

/* Whether children write records of this stream, and may write to them again.
 * Records that were sent have been checked by their rank. */
bool delivery_is_sealed(const struct delivery *delivery, int r);

/* Nowhere if there are none yet. If the system refuses to open them, the
 * delivery has halted (delivery_halt.h). */
struct readable delivery_read(struct delivery *delivery, int r);

/* The same up to a place where a record that was taken has ended, whatever the
 * counters say now: a child of any rank may have overwritten them. Results are
 * not released as they are read. */
struct readable delivery_read_taken(struct delivery *delivery, int r,
                                    uint64_t end);

#endif
