/* Barrier: no rank leaves before the last one has come. */
#include "parts.h"
#include "pattern.h"

#include <stdlib.h>

struct stamps {
	double come;
	double gone;
};

/* In each round each rank is late by another time. */
static void checks_round(const struct run *run, uint64_t round)
{
	struct stamps *all = check_alloc((size_t)run->size * sizeof(*all));
	size_t *counts = check_alloc((size_t)run->size * sizeof(*counts));
	struct stamps mine;

	for (int r = 0; r < run->size; r++)
		counts[r] = sizeof(mine) / sizeof(double);
	nap((double)(pattern_mix(round * 64 + (uint64_t)run->rank) % 2000) *
	    1e-6);
	mine.come = now();
	MUST(cohort_barrier(run->group));
	mine.gone = now();
	MUST(cohort_allgatherv(run->group, &mine, 2, all, counts,
	                       COHORT_DOUBLE));
	for (int a = 0; a < run->size; a++)
		for (int b = 0; b < run->size; b++)
			CHECK(all[a].gone >= all[b].come,
			      "rank %d left %g s before rank %d came", a,
			      all[b].come - all[a].gone, b);
	free(counts);
	free(all);
}

void part_barrier(const struct run *run)
{
	const int many = run->quick ? 20 : 500;

	for (int i = 0; i < 10; i++) {
		check_case("barrier, round %d", i);
		checks_round(run, (uint64_t)i);
	}
	for (int i = 0; i < many; i++) {
		check_case("barrier %d of %d in a row", i, many);
		MUST(cohort_barrier(run->group));
	}
}
