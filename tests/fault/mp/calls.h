/* Every collective call once, with data that can be checked against a closed
 * form on every rank. */
#ifndef FAULT_CALLS_H
#define FAULT_CALLS_H

#include "cohort.h"

/* The relayed ones have another root than rank 0. */
#define COLLECTIVE_MAP(X)    \
	X(barrier)           \
	X(bcast)             \
	X(bcast_relayed)     \
	X(gatherv)           \
	X(gatherv_relayed)   \
	X(allgatherv)        \
	X(allreduce)         \
	X(bcast_object)      \
	X(allgather_objects) \
	X(scatter)           \
	X(gather)            \
	X(gather_to_root)

enum collective {
#define COLLECTIVE_ENUM(name) CALL_##name,
	COLLECTIVE_MAP(COLLECTIVE_ENUM)
#undef COLLECTIVE_ENUM
	    COLLECTIVES
};

const char *collective_name(enum collective call);

/* Prepare the call: a gather needs a scatter before it. All ranks call it. */
cohort_status collective_prepare(cohort *group, enum collective call, size_t n);

/* Make the call with n elements from each rank, or in all. *right tells
 * whether the right data arrived here; false if the call failed. */
cohort_status collective_make(cohort *group, enum collective call, size_t n,
                              bool *right);

/* All of them, one after another: the first status that is not COHORT_OK, and
 * false in *right if anything was wrong. */
cohort_status collectives_all(cohort *group, size_t n, bool *right);

#endif
