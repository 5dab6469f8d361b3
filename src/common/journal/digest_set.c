/* Open addressing with linear probing; at most every second slot is used. */
#include "digest_set.h"

#include <stdlib.h>

enum { LEAST_ROOM = 64 };

static uint64_t digest_word(const uint64_t digest[2])
{
	return digest[0] ? digest[0] : 1;
}

/* The slot that has the word, or the empty one that it would have. */
static uint64_t *word_slot(const struct digest_set *set, uint64_t word)
{
	uint64_t k = word & (set->room - 1);

	while (set->slots[k] && set->slots[k] != word)
		k = (k + 1) & (set->room - 1);
	return &set->slots[k];
}

static bool grow_set(struct digest_set *set)
{
	struct digest_set grown = {
	    .room = set->room ? 2 * set->room : LEAST_ROOM,
	    .count = set->count,
	};

	grown.slots = calloc((size_t)grown.room, sizeof(*grown.slots));
	if (!grown.slots)
		return false;
	for (uint64_t i = 0; i < set->room; i++)
		if (set->slots[i])
			*word_slot(&grown, set->slots[i]) = set->slots[i];
	free(set->slots);
	*set = grown;
	return true;
}

bool digest_set_add(struct digest_set *set, const uint64_t digest[2])
{
	const uint64_t word = digest_word(digest);

	if (2 * set->count >= set->room && !grow_set(set))
		return false;
	uint64_t *slot = word_slot(set, word);
	set->count += !*slot;
	*slot = word;
	return true;
}

bool digest_set_has(const struct digest_set *set, const uint64_t digest[2])
{
	return set->room > 0 && *word_slot(set, digest_word(digest));
}

void digest_set_free(struct digest_set *set)
{
	free(set->slots);
	*set = (struct digest_set){0};
}
