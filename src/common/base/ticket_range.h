/* Tickets with consecutive numbers. */
#ifndef COHORT_COMMON_BASE_TICKET_RANGE_H
#define COHORT_COMMON_BASE_TICKET_RANGE_H

#include <stdint.h>

/* `count` tickets: first, first + 1, and so on. Ranks also send it to each
 * other. */
struct ticket_range {
	uint64_t first;
	uint64_t count;
};

/* At most `most` tickets from `first` on, out of `total`. */
static inline struct ticket_range
ticket_range_cut(uint64_t first, uint64_t most, uint64_t total)
{
	if (first >= total)
		return (struct ticket_range){total, 0};
	return (struct ticket_range){
	    first, most < total - first ? most : total - first};
}

#endif
