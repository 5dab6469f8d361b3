/*
 * What an allreduce of integers must give, worked out in another way than by
 * folding: sums column by column, products by shifting and adding, bitwise
 * operators by counting the ranks that have each bit.
 */
#ifndef CONFORMANCE_ORACLE_H
#define CONFORMANCE_ORACLE_H

#include "cohort.h"

/* Contributions repeat after so many elements, a prime, so that no piece of an
 * array is like another and yet few results have to be worked out. */
enum { PERIOD = 257 };

/* What rank r contributes as element i, in the low bits; the others are 0.
 * Zeros, ends of the range, small and odd numbers all occur. */
uint64_t oracle_input(cohort_type type, int r, size_t i);

/* The low bits of element i of the result among `size` ranks. */
uint64_t oracle_result(cohort_type type, cohort_op op, int size, size_t i);

#endif
