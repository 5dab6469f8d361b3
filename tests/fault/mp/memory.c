/* How much shared memory a world still uses after many small calls. */
#define _GNU_SOURCE
#include "calls.h"
#include "cores.h"
#include "runner.h"
#include "scenarios.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { CALLS = 500, RANKS_MOST = 4 };

static const double KIB_PROMISED = 256; /* for each rank */
static const size_t sizes[] = {8, 64, 1024, 2048, 4096};

static struct {
	int ranks;
	size_t cores;
} plan;

/* This process's part of the memory that it shares with others, in KiB; less than
 * 0 if the kernel does not tell. The shared state belongs to the test, so it is left
 * out. */
static double shared_memory(void)
{
	char line[256];
	double kib = -1;

	madvise(shared, sizeof(*shared), MADV_DONTNEED);
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Pss_Shmem: %lf kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

/* The mean over all ranks, while all are there. */
static double shared_memory_of_all(cohort *group)
{
	double kib = shared_memory();
	double least = 0;

	EXPECT(cohort_allreduce(group, &kib, &least, 1, COHORT_DOUBLE,
	                        COHORT_MIN) == COHORT_OK,
	       "%s", cohort_error());
	EXPECT(cohort_allreduce(group, COHORT_IN_PLACE, &kib, 1, COHORT_DOUBLE,
	                        COHORT_SUM) == COHORT_OK,
	       "%s", cohort_error());
	return least < 0 ? -1 : kib / cohort_size(group);
}

static void call_often(cohort *group, enum collective call, size_t bytes)
{
	bool right = true;

	for (int i = 0; i < CALLS && right; i++) {
		cohort_status status = collective_make(
		    group, call, bytes / sizeof(int64_t), &right);
		EXPECT(status == COHORT_OK && right, "%s",
		       status == COHORT_OK ? "wrong data" : cohort_error());
	}
}

/* All but the sweeps, whose results are kept in memory of their own. */
static void call_small(void)
{
	cohort *group;
	double kib[sizeof(sizes) / sizeof(*sizes)];
	const size_t count = sizeof(sizes) / sizeof(*sizes);

	cores_pretend(plan.cores);
	group = enter(plan.ranks, 0);
	for (size_t i = 0; i < count; i++) {
		for (int call = 0; call < CALL_scatter; call++)
			call_often(group, (enum collective)call, sizes[i]);
		kib[i] = shared_memory_of_all(group);
	}
	for (size_t i = 0; i < count && cohort_is_root(group); i++) {
		figure("%d ranks, %zu cores, up to %zu bytes: %.0f KiB for "
		       "each rank (promised: %.0f KiB)",
		       plan.ranks, plan.cores, sizes[i], kib[i], KIB_PROMISED);
		EXPECT(kib[i] <= KIB_PROMISED, "more than was promised");
	}
	shared->slots[cohort_rank(group)].right = kib[0] >= 0;
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_small_calls_memory(void)
{
	for (plan.ranks = 2; plan.ranks <= RANKS_MOST; plan.ranks += 2)
		for (plan.cores = 1; plan.cores <= RANKS_MOST;
		     plan.cores += RANKS_MOST - 1) {
			EXPECT(run(call_small).code == 0, "exit status");
			if (!shared->slots[0].right)
				skip("the kernel does not tell shared memory "
				     "apart");
		}
}
