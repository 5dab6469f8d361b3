/* Results that wait for their turn, because on_result gets them by index: a
 * heap, the lowest index on top. */
#ifndef COHORT_COMMON_SWEEP_REORDER_H
#define COHORT_COMMON_SWEEP_REORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A result, by where its record is. */
struct reorder_item {
	uint64_t index;
	uint64_t place; /* in the stream of `rank`, up to `end` */
	uint64_t end;
	int rank;
	/* The record itself, if it is not where it was; NULL: it is. */
	unsigned char *copy;
};

/* All 0 at first. */
struct reorder {
	struct reorder_item *items;
	size_t count;
	size_t room;
};

/* False if there is no memory. */
bool reorder_add(struct reorder *reorder, struct reorder_item item);

/* Take out the item with the lowest index. There is one. */
struct reorder_item reorder_take(struct reorder *reorder);

void reorder_free(struct reorder *reorder);

#endif
