/* The tasks of a sweep that have no result yet. */
#ifndef COHORT_COMMON_SWEEP_TODO_H
#define COHORT_COMMON_SWEEP_TODO_H

#include "common/base/bit_set.h"

#include <stdbool.h>
#include <stddef.h>

/* `count` tasks. Number i has the index list[i], or i if list is NULL. */
struct todo {
	size_t count;
	size_t *list;
};

static inline size_t todo_index(const struct todo *todo, size_t i)
{
	return todo->list ? todo->list[i] : i;
}

/* Replace the list by all numbers below `count` that are not in `done`, a
 * bit set (base/bit_set.h). False, and nothing changed, if there is no
 * memory. */
bool todo_set(struct todo *todo, size_t count, const unsigned char *done);

void todo_clear(struct todo *todo);

#endif
