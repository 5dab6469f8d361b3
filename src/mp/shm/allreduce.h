/* One allreduce under way, and its algorithms for what is larger than a slot;
 * allreduce.c has the others, and says what each does and costs. */
#ifndef COHORT_MP_SHM_ALLREDUCE_H
#define COHORT_MP_SHM_ALLREDUCE_H

#include "rendezvous.h"

/* Where all ranks can reach a rank's buffers, or NULL. */
struct offer {
	const unsigned char *send;
	unsigned char *recv;
};

struct reduction {
	struct rendezvous rdv;
	uint64_t offered;   /* the meeting that offers were brought to */
	struct offer offer; /* this rank's */
	cohort_op op;
	cohort_type type;
	size_t width;
	size_t count;
	const unsigned char *send;
	unsigned char *recv;
};

/* In blocks, through everybody's ring. */
COHORT_CHECKED cohort_status reduce_blocks(struct reduction *red);

/* For buffers that all ranks can reach: this rank's, before the meeting, and
 * whether after it all have turned out to be. */
void zero_copy_offer_buffers(struct reduction *red);
bool zero_copy_all_offered(const struct reduction *red);
COHORT_CHECKED cohort_status reduce_zero_copy(struct reduction *red);

#endif
