/* The reduction operators: names, and one kernel for each type and operator.
 * cohort.h says what each of them does. */
#ifndef COHORT_COMMON_BASE_OP_H
#define COHORT_COMMON_BASE_OP_H

#include "cohort.h"

/* Every cohort_op, in its order: the name without COHORT_. */
#define OP_MAP(X) \
	X(SUM)    \
	X(PROD)   \
	X(MIN)    \
	X(MAX)    \
	X(LAND)   \
	X(LOR)    \
	X(BAND)   \
	X(BOR)    \
	X(BXOR)

/* Whether `op` is one of the enum. */
bool op_valid(cohort_op op);

/* "COHORT_SUM"; "no operator" if it is none. */
const char *op_name(cohort_op op);

/* Whether `op` can be applied to elements of `type`, both being valid. */
bool op_applies(cohort_op op, cohort_type type);

/* to[i] = left[i] op right[i]. `to` may be `left`, or `right`; there is no other
 * overlap. None needs to be aligned. op_applies(op, type) holds. */
void op_combine(cohort_op op, cohort_type type, void *to, const void *left,
                const void *right, size_t count);

/* What one rank's values become when there is nothing to combine them with:
 * LAND and LOR make 1 or 0 of them, the others leave them as they are. */
void op_alone(cohort_op op, cohort_type type, void *values, size_t count);

#endif
