/*
 * threads [OPERATIONS [SEED]]   the operations of tests/stress, and calls that
 * break the world, with threads as ranks. Compile it with a thread sanitizer.
 *
 * The sanitizer does not see:
 * - fences that stand alone, and membarrier. They order a waker's store before
 *   its load of the number of sleepers. If one were wrong, a wake-up would be
 *   lost; that costs time, not data, because sleepers wake by themselves after
 *   a while. tests/model has that protocol.
 * - nontemporal stores (copy.c): it gets ordinary ones instead; and pages that
 *   are dropped (madvise, mprotect). Wrong bytes are found all the same.
 * - orders of stores and loads that this processor does not produce.
 * - anything beyond one process: the monitor, exits, deaths; and sockets, whose
 *   bytes the kernel orders.
 */
#define _DEFAULT_SOURCE /* usleep */
#include "crew.h"

#include "stress/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGE = 10, REFUSALS = 200 };

static uint64_t operations = 200;
static uint64_t seed = 1;
static _Atomic uint64_t arrived[RANKS_MOST];

static void work(cohort *group)
{
	struct run run = {
	    .group = group,
	    .rank = cohort_rank(group),
	    .size = cohort_size(group),
	    .seed = seed,
	    .large = LARGE,
	    .name = "preparing",
	    .arrived = arrived,
	};

	run_prepare(&run);
	while (run.operation < operations)
		run_next(&run);
	run.name = "ending";
	run_must(&run, cohort_barrier(group));
	run_release(&run);
}

/* The last rank makes another call than the others; every rank gets the
 * status. */
static void differ(cohort *group)
{
	struct run run = {.group = group,
	                  .rank = cohort_rank(group),
	                  .size = cohort_size(group),
	                  .name = "differing"};
	int value = run.rank;

	/* A rank that has not left the first call yet gets it there. */
	cohort_status status = cohort_barrier(group);
	if (status == COHORT_OK)
		status = run.rank == run.size - 1
		             ? cohort_bcast(group, &value, 1, COHORT_INT32, 0)
		             : cohort_barrier(group);
	if (status != COHORT_EMISMATCH || value != run.rank)
		run_fail(&run, "%s", cohort_status_name(status));
}

/* The last rank refuses one call after another, some while its peers are in the
 * first of them. */
static void refuse(cohort *group)
{
	struct run run = {.group = group,
	                  .rank = cohort_rank(group),
	                  .size = cohort_size(group),
	                  .name = "refusing"};
	cohort_status status = COHORT_OK;

	if (run.rank < run.size - 1)
		status = cohort_barrier(group);
	for (int i = 0; run.rank == run.size - 1 && i < REFUSALS; i++) {
		status = i % 2 ? cohort_bcast(group, NULL, 1, COHORT_INT8, 0)
		               : cohort_gatherv(group, NULL, 1, NULL, NULL,
		                                COHORT_INT8, 0);
		if (status != COHORT_EINVAL)
			break;
	}
	if (status !=
	    (run.rank == run.size - 1 ? COHORT_EINVAL : COHORT_EMISMATCH))
		run_fail(&run, "%s", cohort_status_name(status));
}

static _Atomic int given_up;

/* The last rank arrives after the timeout of the others: it waits until each of
 * them has returned. */
static void arrive_late(cohort *group)
{
	struct run run = {.group = group,
	                  .rank = cohort_rank(group),
	                  .size = cohort_size(group),
	                  .name = "arriving late"};

	while (run.rank == run.size - 1 &&
	       atomic_load(&given_up) < run.size - 1)
		usleep(1000);
	const cohort_status status = cohort_barrier(group);
	if (status != COHORT_ETIMEOUT)
		run_fail(&run, "%s", cohort_status_name(status));
	atomic_fetch_add(&given_up, 1);
}

static void in_crew(int size, bool fits, double timeout,
                    void (*part)(cohort *group))
{
	struct crew crew = crew_open(size, fits, timeout);

	memset(arrived, 0, sizeof(arrived));
	atomic_store(&given_up, 0);
	crew_run(&crew, part);
	crew_close(&crew);
}

int main(int argc, char *argv[])
{
	if (argc > 1)
		operations = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		seed = strtoull(argv[2], NULL, 10);
	for (int size = 2; size <= 4; size++) {
		for (int fits = 0; fits < 2; fits++) {
			in_crew(size, fits, 0, work);
			in_crew(size, fits, 0, differ);
			in_crew(size, fits, 0, refuse);
			in_crew(size, fits, 0.1, arrive_late);
			seed++;
		}
	}
	printf("threads: passed %llu operations in each of 6 crews\n",
	       (unsigned long long)operations);
	return EXIT_SUCCESS;
}
