/* The element types: sizes and names. */
#ifndef COHORT_COMMON_TYPE_H
#define COHORT_COMMON_TYPE_H

#include "cohort.h"

/* Whether `type` is one of the enum. */
bool type_valid(cohort_type type);

/* Whether it is FLOAT or DOUBLE. */
bool type_floating(cohort_type type);

/* "COHORT_DOUBLE"; "no type" if it is none. */
const char *type_name(cohort_type type);

#endif
