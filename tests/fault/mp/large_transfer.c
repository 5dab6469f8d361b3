#include "large_transfer.h"

#include <stdlib.h>

static cohort_status move_bcast(struct large_transfer *t)
{
	return cohort_bcast(t->group, t->rank == LARGE_ROOT ? t->mine : t->all,
	                    LARGE_ELEMENTS, COHORT_INT64, LARGE_ROOT);
}

static cohort_status move_gatherv(struct large_transfer *t)
{
	return cohort_gatherv(t->group, t->mine, LARGE_ELEMENTS, t->all,
	                      t->counts, COHORT_INT64, LARGE_ROOT);
}

static cohort_status move_allgatherv(struct large_transfer *t)
{
	return cohort_allgatherv(t->group, t->mine, LARGE_ELEMENTS, t->all,
	                         t->counts, COHORT_INT64);
}

static cohort_status move_allreduce(struct large_transfer *t)
{
	return cohort_allreduce(t->group, t->mine, t->all, LARGE_ELEMENTS,
	                        COHORT_INT64, COHORT_SUM);
}

static int64_t element(int rank, size_t i)
{
	return (int64_t)i * 7 + rank;
}

static bool part_right(const int64_t *part, int rank)
{
	for (size_t i = 0; i < LARGE_ELEMENTS; i++)
		if (part[i] != element(rank, i))
			return false;
	return true;
}

static bool arrived_bcast(const struct large_transfer *t)
{
	return t->rank == LARGE_ROOT || part_right(t->all, LARGE_ROOT);
}

static bool arrived_allgatherv(const struct large_transfer *t)
{
	bool right = true;

	for (int r = 0; r < LARGE_RANKS; r++)
		right =
		    right && part_right(t->all + (size_t)r * LARGE_ELEMENTS, r);
	return right;
}

static bool arrived_gatherv(const struct large_transfer *t)
{
	return t->rank != LARGE_ROOT || arrived_allgatherv(t);
}

static bool arrived_allreduce(const struct large_transfer *t)
{
	for (size_t i = 0; i < LARGE_ELEMENTS; i++)
		if (t->all[i] != LARGE_RANKS * element(0, i) +
		                     LARGE_RANKS * (LARGE_RANKS - 1) / 2)
			return false;
	return true;
}

const struct large_kind large_kinds[] = {
#define ROW(name) {#name, move_##name, arrived_##name},
    LARGE_MAP(ROW)
#undef ROW
};

void large_clear(struct large_transfer *t)
{
	for (size_t i = 0; i < (size_t)LARGE_RANKS * LARGE_ELEMENTS; i++)
		t->all[i] = -1;
}

struct large_transfer large_prepare(double timeout)
{
	struct large_transfer t = {.group = enter(LARGE_RANKS, timeout)};

	t.rank = cohort_rank(t.group);
	t.mine = malloc(LARGE_ELEMENTS * sizeof(*t.mine));
	t.all = malloc((size_t)LARGE_RANKS * LARGE_ELEMENTS * sizeof(*t.all));
	if (!EXPECT(t.mine && t.all, "no memory"))
		exit(1);
	for (size_t i = 0; i < LARGE_ELEMENTS; i++)
		t.mine[i] = element(t.rank, i);
	large_clear(&t);
	for (int r = 0; r < LARGE_RANKS; r++)
		t.counts[r] = LARGE_ELEMENTS;
	return t;
}

void large_free(struct large_transfer *t)
{
	free(t->mine);
	free(t->all);
}
