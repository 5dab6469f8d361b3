/*
 * Open addressing with linear probing; at most three slots of four are used.
 * Equal sets take one slot, so many equal sets make no long runs.
 */
#include "key_table.h"

#include "hash.h"

#include <errno.h>
#include <stdlib.h>

enum { POSITION_BITS = 40 };

#define POSITION_MASK (((uint64_t)1 << POSITION_BITS) - 1)

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
	if (keys < POSITION_MASK)
		table->slots = calloc((size_t)table->room, sizeof(uint64_t));
	return table->slots;
}

/* The bits of the digest that a slot has; the others are 0. The low half of the
 * digest selects the slot. */
static uint64_t tag_of(const uint64_t digest[2])
{
	return digest[1] & ~POSITION_MASK;
}

static bool has_digest(const struct key_table *table, uint64_t slot,
                       const uint64_t digest[2])
{
	uint64_t found[2];

	if ((slot & ~POSITION_MASK) != tag_of(digest))
		return false;
	key_of(&table->sets, (slot & POSITION_MASK) - 1, found);
	return found[0] == digest[0] && found[1] == digest[1];
}

/* The slot that has this digest, or the empty one that it would have. */
static uint64_t *slot_of(const struct key_table *table,
                         const uint64_t digest[2])
{
	uint64_t k = digest[0] % table->room;

	while (table->slots[k] && !has_digest(table, table->slots[k], digest))
		k = k + 1 < table->room ? k + 1 : 0;
	return &table->slots[k];
}

uint64_t key_table_add(struct key_table *table, uint64_t i)
{
	uint64_t digest[2];

	key_of(&table->sets, i, digest);
	uint64_t *slot = slot_of(table, digest);
	if (!*slot)
		*slot = tag_of(digest) | (i + 1);
	return (*slot & POSITION_MASK) - 1;
}

uint64_t key_table_find(const struct key_table *table, const uint64_t digest[2])
{
	const uint64_t slot = *slot_of(table, digest);

	return slot ? (slot & POSITION_MASK) - 1 : KEY_NONE;
}

void key_table_close(struct key_table *table)
{
	free(table->slots);
	*table = (struct key_table){0};
}
