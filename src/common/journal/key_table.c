/*
 * Open addressing with linear probing; at most three slots of four are used.
 * Equal sets take one slot, so many equal sets make no long runs.
 */
#include "key_table.h"

#include "hash.h"

#include <errno.h>

void key_of(const struct param_sets *sets, uint64_t i, uint64_t digest[2])
{
	size_t bytes;
	const void *set = param_set(sets, (size_t)i, &bytes);

	hash_128(set, bytes, digest);
}

bool key_table_open(struct key_table *table, const struct param_sets *sets)
{
	/* Sets without bytes are all equal. */
	const uint64_t keys = sets->bytes > 0 ? sets->count : 1;

	*table = (struct key_table){
	    .sets = *sets,
	    .room = keys + keys / 3 + 1,
	};
	errno = ENOMEM;
	if (keys >= PACKED_MOST)
		return false;
	while (table->mask < keys)
		table->mask = table->mask << 1 | 1;
	return packed_open(&table->slots, table->room);
}

/* The bits of the digest that a slot has; the others are 0. The low half of the
 * digest selects the slot. */
static uint64_t tag_of(const struct key_table *table, const uint64_t digest[2])
{
	return digest[1] & PACKED_MOST & ~table->mask;
}

static bool has_digest(const struct key_table *table, uint64_t slot,
                       const uint64_t digest[2])
{
	uint64_t found[2];

	if ((slot & ~table->mask) != tag_of(table, digest))
		return false;
	key_of(&table->sets, (slot & table->mask) - 1, found);
	return found[0] == digest[0] && found[1] == digest[1];
}

/* Where the slot is that has this digest, or the empty one that it would have.
 * *slot receives what is in it. */
static uint64_t find_slot(const struct key_table *table,
                          const uint64_t digest[2], uint64_t *slot)
{
	uint64_t k = digest[0] % table->room;

	while ((*slot = packed_get(&table->slots, k)) &&
	       !has_digest(table, *slot, digest))
		k = k + 1 < table->room ? k + 1 : 0;
	return k;
}

uint64_t key_table_add(struct key_table *table, uint64_t i)
{
	uint64_t digest[2];
	uint64_t slot;

	key_of(&table->sets, i, digest);
	const uint64_t k = find_slot(table, digest, &slot);
	if (!slot) {
		packed_set(&table->slots, k, tag_of(table, digest) | (i + 1));
		return i;
	}
	table->equal = true;
	return (slot & table->mask) - 1;
}

uint64_t key_table_find(const struct key_table *table, const uint64_t digest[2])
{
	uint64_t slot;

	find_slot(table, digest, &slot);
	return slot ? (slot & table->mask) - 1 : KEY_NONE;
}

void key_table_close(struct key_table *table)
{
	packed_close(&table->slots);
	*table = (struct key_table){0};
}
