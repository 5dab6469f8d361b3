/* Broadcasts by type, size, root and alignment, checked on every rank. */
#include "parts.h"
#include "pattern.h"

#include <stdlib.h>

static void checks_one(const struct run *run, cohort_type type, size_t count,
                       int root)
{
	const size_t bytes = count * cohort_type_size(type);
	const uint64_t seed =
	    count * 1024 + (uint64_t)type * 64 + (uint64_t)root;
	/* At another alignment on each rank. */
	struct buffer data =
	    buffer_open(bytes, (seed + (uint64_t)run->rank) % 4);

	check_case("bcast of %zu of type %d from root %d", count, (int)type,
	           root);
	if (run->rank == root)
		pattern_fill(data.data, 0, bytes, seed);
	MUST(cohort_bcast(run->group, data.data, count, type, root));
	pattern_check(data.data, 0, bytes, seed, "data");
	buffer_close(&data, "data");
}

/* All roots of small groups, and in large ones the roots that make a difference. */
static bool takes_root(const struct run *run, int root)
{
	if (run->size <= (run->quick ? 2 : 5))
		return true;
	return root == 0 || root == run->size / 2 || root == run->size - 1;
}

static void checks_type(const struct run *run, cohort_type type)
{
	const struct sizes sizes = sizes_of(type, run);

	for (size_t i = 0; i < sizes.count; i++)
		for (int root = 0; root < run->size; root++)
			if (takes_root(run, root))
				checks_one(run, type, sizes.list[i], root);
}

static void checks_nothing(const struct run *run)
{
	for (int root = 0; root < run->size; root++) {
		check_case("bcast of nothing, at NULL, from root %d", root);
		MUST(cohort_bcast(run->group, NULL, 0, COHORT_INT32, root));
	}
}

/* So many bytes that receivers use nontemporal stores, at another alignment on each
 * rank; from and to memory of every kind. */
static void checks_long(const struct run *run, unsigned char *memory,
                        size_t bytes, int root)
{
	const uint64_t seed = bytes + (uint64_t)root;
	unsigned char *data = memory + 1 + 7 * run->rank;

	check_case("bcast of %zu bytes from root %d", bytes, root);
	if (run->rank == root)
		pattern_fill(data, 0, bytes, seed);
	MUST(cohort_bcast(run->group, data, bytes, COHORT_UINT8, root));
	pattern_check(data, 0, bytes, seed, "data");
	CHECK(data[-1] == 0 && data[bytes] == 0, "written beside the data");
}

static void checks_past_caches(const struct run *run)
{
	const size_t bytes = ((size_t)32 << 20) + 67;
	const size_t room = bytes + 2 + 7 * (size_t)run->size;
	unsigned char *shared = cohort_alloc(run->group, room);
	unsigned char *plain = calloc(room, 1);

	CHECK(shared && plain, "no memory: %s", cohort_error());
	checks_long(run, plain, bytes, 0);
	checks_long(run, shared, bytes, run->size - 1);
	cohort_free(run->group, shared);
	free(plain);
}

/* One after another without a barrier between them: no broadcast overtakes. */
static void checks_in_a_row(const struct run *run)
{
	const int many = run->quick ? 20 : 500;

	for (int i = 0; i < many; i++) {
		int32_t number = -1;
		int root = i % run->size;
		check_case("bcast %d of %d in a row", i, many);
		if (run->rank == root)
			number = 3 * i;
		MUST(cohort_bcast(run->group, &number, 1, COHORT_INT32, root));
		CHECK(number == 3 * i, "expected %d, got %d", 3 * i,
		      (int)number);
	}
}

void part_bcast(const struct run *run)
{
	for (int type = COHORT_INT8; type <= COHORT_DOUBLE; type++)
		if (!run->quick || type % 3 == 0)
			checks_type(run, (cohort_type)type);
	if (!run->quick && run->size <= 4)
		checks_past_caches(run);
	checks_nothing(run);
	checks_in_a_row(run);
}
