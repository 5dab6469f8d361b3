/* Calls that differ in one argument have different signatures, and so have
 * calls that differ in two arguments whose differences could cancel out. */
#include "mp/shm/signature.h"

#include <criterion/criterion.h>

#include <stdlib.h>

enum { KINDS = 13, VALUES = 40, MOST = 200000 };

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a;
	const uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static uint64_t signatures[MOST];
static size_t found;

static void add(struct call call, uint64_t number)
{
	cr_assert(found < MOST);
	signatures[found++] = signature_of(&call, number);
}

static void expect_different(void)
{
	qsort(signatures, found, sizeof(*signatures), compare);
	for (size_t i = 1; i < found; i++)
		cr_expect(signatures[i] != signatures[i - 1]);
	found = 0;
}

/* Calls as sweeps make them: a kind, a schedule, a chunk, and the number of the
 * call. Chunks have bits at the places of all other fields. */
Test(signature, chunks_do_not_look_like_other_fields)
{
	static const uint64_t steps[] = {1, 5, 32, 512, 1024, 8192, 67108864};

	for (uint32_t kind = 1; kind < KINDS; kind++)
		for (uint32_t op = 0; op < 4; op++)
			for (size_t s = 0; s < sizeof(steps) / sizeof(*steps);
			     s++)
				for (uint64_t k = 0; k < VALUES; k++)
					add((struct call){.kind = kind,
					                  .op = op,
					                  .count = 16,
					                  .detail =
					                      s * 1000000 +
					                      k * steps[s]},
					    7);
	expect_different();
}

Test(signature, of_fields)
{
	for (uint32_t kind = 1; kind < KINDS; kind++)
		for (uint32_t type = 0; type < 10; type++)
			for (uint32_t op = 0; op < 9; op++)
				for (int32_t root = 0; root < 8; root++)
					add((struct call){.kind = kind,
					                  .type = type,
					                  .op = op,
					                  .root = root,
					                  .group = kind % 3},
					    3);
	expect_different();
	for (uint64_t number = 1; number < 50000; number++)
		add((struct call){.kind = 3, .count = 9}, number);
	expect_different();
}

/* Two counts are the same if the lower halves are. */
Test(signature, the_lower_half_is_the_count)
{
	struct call call = {.kind = 4, .type = 2, .root = 1};
	const uint64_t none = signature_of(&call, 5);

	for (uint64_t count = 0; count < 3000; count++) {
		call.count = count * 1431655;
		const uint64_t some = signature_of(&call, 5);
		cr_expect(some >> 32 == none >> 32);
		cr_expect((uint32_t)some == count * 1431655);
	}
}

/* A count of 2^32 or more does not fit; counts near each other, and powers of
 * two, have different signatures all the same. */
Test(signature, of_large_counts)
{
	for (uint64_t high = 0; high < 64; high++)
		for (uint64_t low = 0; low < 100; low++)
			add((struct call){.kind = 4, .count = high << 32 | low},
			    5);
	expect_different();
	for (int bit = 0; bit < 64; bit++)
		add((struct call){.kind = 4, .count = (uint64_t)1 << bit}, 5);
	expect_different();
}
