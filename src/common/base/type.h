/* The element types: their sizes and names. */
#ifndef COHORT_COMMON_BASE_TYPE_H
#define COHORT_COMMON_BASE_TYPE_H

#include "cohort.h"

/* The properties that every call looks up. */
struct type_row {
	size_t size; /* bytes */
	size_t most; /* elements that fit into memory, computed once because
	              * a division is slow */
	const char *name;
};

/* Every cohort_type, in its order: the name without COHORT_, the C type, and
 * the family of its arithmetic. */
#define TYPE_MAP(X)                   \
	X(INT8, int8_t, SIGNED)       \
	X(UINT8, uint8_t, UNSIGNED)   \
	X(INT16, int16_t, SIGNED)     \
	X(UINT16, uint16_t, UNSIGNED) \
	X(INT32, int32_t, SIGNED)     \
	X(UINT32, uint32_t, UNSIGNED) \
	X(INT64, int64_t, SIGNED)     \
	X(UINT64, uint64_t, UNSIGNED) \
	X(FLOAT, float, FLOATING)     \
	X(DOUBLE, double, FLOATING)

enum {
#define TYPE_ORDER(name, c_type, family) TYPE_OF_##name,
	TYPE_MAP(TYPE_ORDER)
#undef TYPE_ORDER
	    TYPES
};

extern const struct type_row type_rows[TYPES];

/* Whether `type` is one of the enum. type_size and type_most require that. */
static inline bool type_valid(cohort_type type)
{
	return (size_t)type < TYPES;
}

static inline size_t type_size(cohort_type type)
{
	return type_rows[type].size;
}

static inline size_t type_most(cohort_type type)
{
	return type_rows[type].most;
}

/* "COHORT_DOUBLE"; "no type" for a value that is not in the enum. */
const char *type_name(cohort_type type);

#endif
