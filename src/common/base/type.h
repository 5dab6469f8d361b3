/* The element types: sizes and names. */
#ifndef COHORT_COMMON_BASE_TYPE_H
#define COHORT_COMMON_BASE_TYPE_H

#include "cohort.h"

/* What every call asks of its type; divided here, and not there. */
struct type_row {
	size_t size; /* bytes */
	size_t most; /* elements that there can be in memory */
	const char *name;
};

enum {
#define TYPE_COUNT(name, c_type, family) TYPE_OF_##name,
	COHORT_TYPE_MAP(TYPE_COUNT)
#undef TYPE_COUNT
	    TYPES
};

extern const struct type_row type_rows[TYPES];

/* Whether `type` is one of the enum. The others want one that is. */
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

/* "COHORT_DOUBLE"; "no type" if it is none. */
const char *type_name(cohort_type type);

#endif
