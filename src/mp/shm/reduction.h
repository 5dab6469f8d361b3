/* One allreduce under way, for all its algorithms. Each of them combines
 * element by element in rank order from the left, ((x0 op x1) op x2) and so on,
 * so that the bits of the result are the same on every rank, whichever
 * algorithm and transport computes it. */
#ifndef COHORT_MP_SHM_REDUCTION_H
#define COHORT_MP_SHM_REDUCTION_H

#include "common/base/partition.h"
#include "rendezvous_state.h"

struct reduction {
	struct rendezvous rdv;
	cohort_op op;
	cohort_type type;
	size_t width; /* bytes of an element */
	size_t count; /* elements */
	const unsigned char *send;
	unsigned char *recv;
};

static inline bool reduction_in_place(const struct reduction *red)
{
	return red->send == red->recv;
}

/* Which of `count` elements rank r reduces for all. */
static inline struct range reduction_share(const struct reduction *red,
                                           size_t count, int r)
{
	return partition_block(count, (size_t)red->rdv.size, (size_t)r);
}

#endif
