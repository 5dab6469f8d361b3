#include "todo.h"

#include "common/base/sorted_search.h"

#include <stdlib.h>

enum { BLOCK_BYTES = 64 };

static inline unsigned count_bits(unsigned char byte)
{
	return (unsigned)__builtin_popcount(byte);
}

/* Let `left` be all numbers below `count` that are not in `done`. */
static void invert(unsigned char *left, const unsigned char *done, size_t count)
{
	for (size_t byte = 0; byte < bits_bytes(count); byte++)
		left[byte] = (unsigned char)~done[byte];
	if (count % 8 > 0)
		left[count / 8] &= (unsigned char)((1U << count % 8) - 1);
}

/* Fill in `before` and `count`. */
static void count_left(struct todo *todo, size_t bytes)
{
	for (size_t byte = 0; byte < bytes; byte++) {
		if (byte % BLOCK_BYTES == 0)
			todo->before[byte / BLOCK_BYTES] = todo->count;
		todo->count += count_bits(todo->left[byte]);
	}
}

bool todo_reserve(size_t count, struct todo *out)
{
	const size_t bytes = bits_bytes(count);

	*out = (struct todo){.blocks = bytes / BLOCK_BYTES + 1};
	out->left = malloc(bytes + 1);
	out->before = malloc(out->blocks * sizeof(*out->before));
	if (out->left && out->before)
		return true;
	todo_clear(out);
	return false;
}

void todo_fill(struct todo *todo, struct todo reserved, size_t count,
               const unsigned char *done)
{
	const size_t bytes = bits_bytes(count);

	invert(reserved.left, done, count);
	count_left(&reserved, bytes);
	if (bytes % BLOCK_BYTES == 0)
		reserved.before[reserved.blocks - 1] = reserved.count;
	todo_clear(todo);
	*todo = reserved;
}

bool todo_set(struct todo *todo, size_t count, const unsigned char *done)
{
	struct todo reserved;

	if (!todo_reserve(count, &reserved))
		return false;
	todo_fill(todo, reserved, count, done);
	return true;
}

size_t todo_find(const struct todo *todo, size_t i)
{
	const size_t block = sorted_find_last(todo->before, todo->blocks, i);
	size_t skipped = i - (size_t)todo->before[block];
	size_t byte = block * BLOCK_BYTES;
	unsigned bit = 0;

	for (; count_bits(todo->left[byte]) <= skipped; byte++)
		skipped -= count_bits(todo->left[byte]);
	for (;; bit++)
		if (todo->left[byte] >> bit & 1 && skipped-- == 0)
			return byte * 8 + bit;
}

void todo_clear(struct todo *todo)
{
	free(todo->left);
	free(todo->before);
	*todo = (struct todo){0};
}
