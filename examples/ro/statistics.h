/* What many numbers have in common. */
#ifndef RO_STATISTICS_H
#define RO_STATISTICS_H

#include <stddef.h>

/** Ascending. */
void statistics_sort(double *values, size_t count);

/** Of at least one value. */
double statistics_mean(const double *values, size_t count);

/** Standard deviation of what the values are a sample of; at least two. */
double statistics_deviation(const double *values, size_t count);

/**
 * The value that `part` (0 to 1) of at least one value is below, on straight
 * lines between them: numpy.quantile's default. Of sorted values.
 */
double statistics_quantile(const double *sorted, size_t count, double part);

#endif
