/* Memory of cohort_alloc: its properties, and that every collective moves it right
 * at sizes at which ranks may read each other's memory directly. */
#include "parts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void checks_alloc(const struct run *run)
{
	const size_t most = 3 * 1000 * 1000;

	check_case("cohort_alloc");
	for (size_t bytes = 0; bytes <= most; bytes = 3 * bytes + 1) {
		unsigned char *memory = cohort_alloc(run->group, bytes);
		CHECK(memory, "%s", cohort_error());
		CHECK((uintptr_t)memory % 4096 == 0, "at %p", (void *)memory);
		for (size_t i = 0; i < bytes; i++)
			CHECK(memory[i] == 0, "byte %zu of %zu is %d", i, bytes,
			      memory[i]);
		memset(memory, 0xa5, bytes);
		cohort_free(run->group, memory);
	}
	CHECK(!cohort_alloc(run->group, SIZE_MAX), "so much memory?");
	CHECK_NAMES("cohort_alloc");
	CHECK(!cohort_alloc(NULL, 1), "of no group");
	CHECK_NAMES("group is NULL");
	cohort_free(run->group, NULL);
}

/* Rank r's element i in round `round`. */
static uint64_t element(int r, size_t i, int round)
{
	return (uint64_t)(r + 1) * 1000003 + i * 31 + (uint64_t)round * 7;
}

/* Buffers of one round: `count` elements of this rank, and room for all. */
struct buffers {
	uint64_t *own;
	uint64_t *all;
	size_t count;
	int round;
};

static void fill(const struct run *run, const struct buffers *b)
{
	for (size_t i = 0; i < b->count; i++)
		b->own[i] = element(run->rank, i, b->round);
}

static void expect_part(const struct buffers *b, const uint64_t *part, int r)
{
	for (size_t i = 0; i < b->count; i++)
		CHECK(part[i] == element(r, i, b->round),
		      "element %zu of rank %d's part is %llu", i, r,
		      (unsigned long long)part[i]);
}

static void checks_moves(const struct run *run, const struct buffers *b)
{
	const int root = b->round % run->size;
	const size_t size = (size_t)run->size;
	size_t counts[64];

	for (size_t r = 0; r < size; r++)
		counts[r] = b->count;
	fill(run, b);
	MUST(cohort_bcast(run->group, b->own, b->count, COHORT_UINT64, root));
	expect_part(b, b->own, root);
	fill(run, b);
	MUST(cohort_gatherv(run->group, b->own, b->count, b->all, counts,
	                    COHORT_UINT64, root));
	for (int r = 0; r < run->size && run->rank == root; r++)
		expect_part(b, b->all + (size_t)r * b->count, r);
	fill(run, b);
	MUST(cohort_allgatherv(run->group, b->own, b->count, b->all, counts,
	                       COHORT_UINT64));
	for (int r = 0; r < run->size; r++)
		expect_part(b, b->all + (size_t)r * b->count, r);
}

static void expect_sums(const struct run *run, const struct buffers *b,
                        const uint64_t *sums)
{
	const uint64_t p = (uint64_t)run->size;

	for (size_t i = 0; i < b->count; i++)
		CHECK(sums[i] == p * (p + 1) / 2 * 1000003 +
		                     p * (i * 31 + (uint64_t)b->round * 7),
		      "sum %zu is %llu", i, (unsigned long long)sums[i]);
}

static void checks_sums(const struct run *run, const struct buffers *b)
{
	fill(run, b);
	MUST(cohort_allreduce(run->group, b->own, b->all, b->count,
	                      COHORT_UINT64, COHORT_SUM));
	expect_sums(run, b, b->all);
	MUST(cohort_allreduce(run->group, COHORT_IN_PLACE, b->own, b->count,
	                      COHORT_UINT64, COHORT_SUM));
	expect_sums(run, b, b->own);
}

/* Some ranks' buffers are shared and others' are not, and which ones changes
 * from round to round. */
static void checks_mixed(const struct run *run, size_t count)
{
	const size_t bytes = count * sizeof(uint64_t);
	const size_t all = (size_t)run->size * bytes;
	void *shared[2] = {cohort_alloc(run->group, bytes),
	                   cohort_alloc(run->group, all)};
	void *own[2] = {check_alloc(bytes), check_alloc(all)};
	struct buffers b = {.count = count};

	CHECK(shared[0] && shared[1], "%s", cohort_error());
	for (b.round = 0; b.round < 2 * run->size + 2; b.round++) {
		const bool shares = (run->rank + b.round) % 3 == 0;
		check_case("mixed memory, %zu elements, round %d", count,
		           b.round);
		b.own = shares ? shared[0] : own[0];
		b.all = shares || b.round % 2 ? shared[1] : own[1];
		checks_moves(run, &b);
		checks_sums(run, &b);
	}
	for (int i = 0; i < 2; i++) {
		cohort_free(run->group, shared[i]);
		free(own[i]);
	}
}

void part_memory(const struct run *run)
{
	static const size_t counts[] = {1, 1000, 8192, 8193, 100001};
	const size_t sizes = sizeof(counts) / sizeof(*counts) - run->slow;

	checks_alloc(run);
	checks_mixed(run, 1000);
	if (!run->slow)
		checks_mixed(run, 20001);
	for (size_t i = 0; i < sizes; i++) {
		struct buffers b = {.count = counts[i]};
		const size_t bytes = b.count * sizeof(uint64_t);
		b.own = cohort_alloc(run->group, bytes);
		b.all = cohort_alloc(run->group, (size_t)run->size * bytes);
		CHECK(b.own && b.all, "%s", cohort_error());
		for (b.round = 0; b.round < run->size + 1; b.round++) {
			check_case("allocated memory, %zu elements, round %d",
			           b.count, b.round);
			checks_moves(run, &b);
			checks_sums(run, &b);
		}
		cohort_free(run->group, b.all);
		/* Closing the group frees the rest. */
		if (i % 2)
			cohort_free(run->group, b.own);
	}
}
