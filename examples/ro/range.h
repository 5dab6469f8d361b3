/* Equally spaced values, as the command line gives them: LO:HI:N. */
#ifndef RO_RANGE_H
#define RO_RANGE_H

#include <stddef.h>

/* Enough for any sweep, and so few that no product of sizes overflows. */
#define RANGE_MOST 1000

/* `count` values from low to high, both included. */
struct range {
	double low, high;
	size_t count;
};

/** 0; or -1, and *out untouched, if the text is not LO:HI:N. */
int range_parse(const char *text, struct range *out);

/** Value `i` of a range. */
double range_value(const struct range *range, size_t i);

#endif
