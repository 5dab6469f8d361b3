/* The tasks of a sweep that have no result yet, and sets of tasks as bits. */
#ifndef COHORT_COMMON_SWEEP_TODO_H
#define COHORT_COMMON_SWEEP_TODO_H

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

/* A set of numbers below `count`: one bit each. */
static inline size_t bits_bytes(size_t count)
{
	return count / 8 + (count % 8 != 0);
}

static inline void bits_add(unsigned char *bits, size_t i)
{
	bits[i / 8] |= (unsigned char)(1U << i % 8);
}

static inline bool bits_have(const unsigned char *bits, size_t i)
{
	return bits[i / 8] >> i % 8 & 1;
}

/* Replace the list by all numbers below `count` that are not in `done`. False,
 * and nothing changed, if there is no memory. */
bool todo_set(struct todo *todo, size_t count, const unsigned char *done);

void todo_clear(struct todo *todo);

#endif
