/* A description of the collective call that a rank is in. Its peers compare it
 * with their own to see whether all ranks make the same call. */
#ifndef COHORT_COMMON_BASE_CALL_H
#define COHORT_COMMON_BASE_CALL_H

#include "cohort.h"

/* name, the public function, the fields that call_describe shows */
#define CALL_KIND_MAP(X)                                          \
	X(NONE, "no call", NOTHING)                               \
	X(OPEN, "cohort_open", NOTHING)                           \
	X(CLOSE, "cohort_close", NOTHING)                         \
	X(BARRIER, "cohort_barrier", NOTHING)                     \
	X(BCAST, "cohort_bcast", ROOTED)                          \
	X(GATHERV, "cohort_gatherv", ROOTED)                      \
	X(ALLGATHERV, "cohort_allgatherv", ELEMENTS)              \
	X(ALLREDUCE, "cohort_allreduce", REDUCTION)               \
	X(SUM, "cohort_sum", NOTHING)                             \
	X(BCAST_OBJECT, "cohort_bcast_object", ROOT)              \
	X(ALLGATHER_OBJECTS, "cohort_allgather_objects", NOTHING) \
	X(SCATTER, "cohort_scatter", JOB)                         \
	X(SCATTER_OBJECTS, "cohort_scatter_objects", OBJECTS)     \
	X(GATHER, "cohort_gather", NOTHING)                       \
	X(GATHER_TO_ROOT, "cohort_gather_to_root", NOTHING)

enum call_kind {
#define CALL_ENUM(name, function, shows) CALL_##name,
	CALL_KIND_MAP(CALL_ENUM)
#undef CALL_ENUM
};

/* Whether all ranks must pass the same count, or each passes its own. */
enum call_counts { COUNTS_SAME, COUNTS_OWN };

/*
 * Contains numbers only, because it is stored in memory that ranks share and is
 * sent between them. Fields that a kind does not use are 0.
 */
struct call {
	uint32_t kind;  /* enum call_kind */
	uint32_t group; /* number of the group, in the order of opening */
	uint32_t type;  /* cohort_type */
	uint32_t op;    /* cohort_op; of a scatter: its cohort_schedule */
	int32_t root;
	uint32_t counts; /* enum call_counts */
	uint64_t count;  /* elements; of a scatter: bytes in a parameter set */
	uint64_t detail; /* of a scatter: its chunk; of an allgatherv: a
			  * digest of all ranks' counts */
};

/* Whether the calls of two ranks belong to one collective call. */
bool call_matches(const struct call *a, const struct call *b);

/* "cohort_bcast" */
const char *call_function(const struct call *call);

enum { CALL_TEXT_BYTES = 160 };

/* Write "cohort_bcast of 10 COHORT_DOUBLE with root 0" into `text`, and return
 * `text`. */
const char *call_describe(const struct call *call, char text[CALL_TEXT_BYTES]);

#endif
