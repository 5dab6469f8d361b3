/*
 * The seeds of tasks. The test vectors of Philox4x32-10 are those of its authors:
 * the lines "philox4x32 10" of kat_vectors in Random123's tests.
 */
#include "common/sweep/seed.h"

#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	uint32_t counter[4];
	uint32_t key[2];
	uint32_t out[4];
} published[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

Test(seed, philox_is_as_published)
{
	for (size_t i = 0; i < sizeof(published) / sizeof(*published); i++) {
		uint32_t out[4];

		seed_philox(published[i].counter, published[i].key, out);
		cr_expect(memcmp(out, published[i].out, sizeof(out)) == 0,
		          "vector %zu: %08" PRIx32 " %08" PRIx32 " %08" PRIx32
		          " %08" PRIx32,
		          i, out[0], out[1], out[2], out[3]);
	}
}

/* cohort.h says: the low halves of index, seed and result come first. */
Test(seed, of_a_task_is_the_first_two_words)
{
	static const uint64_t numbers[] = {
	    0, 1, 2, 0xffffffff, 0x100000000, 0x123456789abcdef0, UINT64_MAX};
	const size_t count = sizeof(numbers) / sizeof(*numbers);

	cr_expect(seed_of_task(0, 0) == 0xe169c58d6627e8d5, "of 0 and 0");
	for (size_t i = 0; i < count * count; i++) {
		const uint64_t seed = numbers[i / count];
		const uint64_t index = numbers[i % count];
		const uint32_t counter[4] = {(uint32_t)index,
		                             (uint32_t)(index >> 32), 0, 0};
		const uint32_t key[2] = {(uint32_t)seed,
		                         (uint32_t)(seed >> 32)};
		uint32_t out[4];

		seed_philox(counter, key, out);
		cr_expect(seed_of_task(seed, index) ==
		              out[0] + ((uint64_t)out[1] << 32),
		          "seed %#" PRIx64 ", index %#" PRIx64, seed, index);
	}
}

static int compare_seeds(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a;
	const uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of 2^15 random numbers two are equal with a probability of 2^-35. */
Test(seed, neighbours_differ)
{
	enum { SEEDS = 8, TASKS = 4096 };
	static uint64_t all[SEEDS * TASKS];

	for (size_t i = 0; i < SEEDS * TASKS; i++)
		all[i] = seed_of_task(i / TASKS, i % TASKS);
	qsort(all, SEEDS * TASKS, sizeof(*all), compare_seeds);
	for (size_t i = 1; i < SEEDS * TASKS; i++)
		cr_assert(all[i] != all[i - 1], "%#" PRIx64 " comes twice",
		          all[i]);
}
