/* The tasks that are left, against a plain list of them. */
#include "common/sweep/todo.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { MOST = 3000 };

typedef bool (*is_done)(size_t i);

static bool none(size_t i)
{
	(void)i;
	return false;
}

static bool all(size_t i)
{
	(void)i;
	return true;
}

static bool even(size_t i)
{
	return i % 2 == 0;
}

static bool all_but_few(size_t i)
{
	return i % 777 != 5;
}

/* Whole blocks that are done, and whole blocks that are left. */
static bool stretches(size_t i)
{
	return i / 600 % 2 == 0;
}

static bool scattered(size_t i)
{
	return (i * 2654435761u >> 7) % 3 == 0;
}

static void expect_todo(size_t count, is_done done)
{
	unsigned char *bits = calloc(1, bits_bytes(count) + 1);
	struct todo todo = {0};
	size_t left = 0;

	cr_assert(bits);
	for (size_t i = 0; i < count; i++)
		if (done(i))
			bits_add(bits, i);
	cr_assert(todo_set(&todo, count, bits));
	for (size_t i = 0; i < count; i++)
		if (!done(i))
			cr_assert(todo_index(&todo, left++) == i,
			          "number %zu of %zu", left - 1, count);
	cr_expect(todo.count == left, "%zu of %zu are left, not %zu",
	          todo.count, count, left);
	todo_clear(&todo);
	free(bits);
}

Test(todo, has_the_tasks_that_are_not_done)
{
	static const is_done ways[] = {none,        all,       even,
	                               all_but_few, stretches, scattered};
	static const size_t counts[] = {0,   1,   7,    8,    9,    511, 512,
	                                513, 600, 1024, 1025, 2048, MOST};

	for (size_t w = 0; w < sizeof(ways) / sizeof(*ways); w++)
		for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++)
			expect_todo(counts[c], ways[w]);
}

Test(todo, without_a_set_has_all)
{
	const struct todo todo = {.count = 10};

	cr_expect(todo_index(&todo, 7) == 7);
}

Test(todo, is_replaced)
{
	const unsigned char done = 5; /* 0 and 2 */
	const unsigned char more = 7;
	struct todo todo = {.count = 4};

	cr_assert(todo_set(&todo, 4, &done));
	cr_expect(todo.count == 2 && todo_index(&todo, 1) == 3);
	cr_assert(todo_set(&todo, 4, &more));
	cr_expect(todo.count == 1 && todo_index(&todo, 0) == 3);
	todo_clear(&todo);
	cr_expect(todo.count == 0);
}
