/* The tasks of a sweep that have no result yet. */
#ifndef COHORT_COMMON_SWEEP_TODO_H
#define COHORT_COMMON_SWEEP_TODO_H

#include "common/base/bit_set.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `count` tasks, in the order of their indices. Every rank has a todo list, so
 * it takes little more than a bit for each task of the sweep. */
struct todo {
	size_t count;
	unsigned char
	    *left;        /* a bit set of the indices; NULL: 0 to count - 1 */
	uint64_t *before; /* how many are left before each block of `left` */
	size_t blocks;
};

/* The index of task number i, if there is a bit set. Cost: a binary search over
 * the blocks, and up to 64 bytes. */
size_t todo_find(const struct todo *todo, size_t i);

/* The index of task number i, below `count`. */
static inline size_t todo_index(const struct todo *todo, size_t i)
{
	return todo->left ? todo_find(todo, i) : i;
}

/* Replace the list by all numbers below `count` that are not in `done`, a
 * bit set (base/bit_set.h). False, and nothing changed, if there is no
 * memory. */
bool todo_set(struct todo *todo, size_t count, const unsigned char *done);

/* The same in two steps, of which the second one cannot fail. */
bool todo_reserve(size_t count, struct todo *out);
void todo_fill(struct todo *todo, struct todo reserved, size_t count,
               const unsigned char *done);

void todo_clear(struct todo *todo);

#endif
