/*
 * Finds parameter sets by their contents: a hash table of the digests of all
 * sets. Of equal sets it has the first one. It stores positions and not
 * digests, and computes a digest again to compare it.
 * Cost: 7 bytes of memory for each set; to add or to find one takes a digest
 * or two and a few memory accesses.
 */
#ifndef COHORT_COMMON_JOURNAL_KEY_TABLE_H
#define COHORT_COMMON_JOURNAL_KEY_TABLE_H

#include "common/base/param_sets.h"
#include "packed_numbers.h"

#include <stddef.h>

#define KEY_NONE UINT64_MAX

/* The caller does not use the fields. */
struct key_table {
	struct param_sets sets;
	/* 0: empty; else position + 1, and bits of the digest above it. */
	struct packed_numbers slots;
	uint64_t room; /* slots */
	uint64_t mask; /* the bits of position + 1 */
	bool equal;    /* two sets that were added are equal */
};

/* XXH3-128 of the bytes of set `i`. */
void key_of(const struct param_sets *sets, uint64_t i, uint64_t digest[2]);

/* An empty table for these sets, which must exist as long as it. False if there
 * is no memory. */
bool key_table_open(struct key_table *table, const struct param_sets *sets);

/* Add set `i`, unless the table has an equal one. Returns the position of the
 * one that it has: `i` if there was none. */
uint64_t key_table_add(struct key_table *table, uint64_t i);

/* The first set with this digest; KEY_NONE if there is none. */
uint64_t key_table_find(const struct key_table *table,
                        const uint64_t digest[2]);

void key_table_close(struct key_table *table);

#endif
