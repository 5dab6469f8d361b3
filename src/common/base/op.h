/* The reduction operators: their names, and one kernel for each type and
 * operator. cohort.h defines what the operators do. */
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

/* "COHORT_SUM"; "no operator" for a value that is not in the enum. */
const char *op_name(cohort_op op);

/* Whether `op` can be applied to elements of `type`. Both must be valid. */
bool op_applies(cohort_op op, cohort_type type);

/* to[i] = left[i] op right[i]. `to` may be equal to `left` or to `right`;
 * otherwise the arrays must not overlap. They need not be aligned.
 * op_applies(op, type) must be true. */
void op_combine(cohort_op op, cohort_type type, void *to, const void *left,
                const void *right, size_t count);

/* Apply the reduction of a single rank, in place: LAND and LOR turn the values
 * into 1 or 0, the other operators leave them unchanged. */
void op_alone(cohort_op op, cohort_type type, void *values, size_t count);

#endif
