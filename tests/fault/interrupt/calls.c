/* The calls that are interrupted, but for those of sweeps. */
#include "interrupted.h"

#include "clock.h"

cohort_status call_barrier(void)
{
	return cohort_barrier(here.group);
}

cohort_status call_bcast(void)
{
	return cohort_bcast(here.group, here.numbers, LARGE, COHORT_DOUBLE,
	                    (here.victim + 1) % here.size);
}

cohort_status call_gatherv(void)
{
	return cohort_gatherv(here.group, here.numbers, 1, here.numbers + 1,
	                      here.counts, COHORT_DOUBLE, here.victim);
}

cohort_status call_allgatherv(void)
{
	return cohort_allgatherv(here.group, here.numbers, 1, here.numbers + 1,
	                         here.counts, COHORT_DOUBLE);
}

cohort_status call_allreduce(void)
{
	return cohort_allreduce(here.group, COHORT_IN_PLACE, here.numbers,
	                        LARGE, COHORT_DOUBLE, COHORT_SUM);
}

cohort_status call_sum(void)
{
	double sum;

	return cohort_sum(here.group, here.numbers, 1000, &sum);
}

cohort_status call_bcast_object(void)
{
	cohort_blob object = {here.numbers, 100000};

	return cohort_bcast_object(here.group, &object,
	                           (here.victim + 1) % here.size);
}

cohort_status call_objects(void)
{
	const cohort_blob mine = {here.numbers, 100000};
	cohort_blob *all;

	return cohort_allgather_objects(here.group, mine, &all);
}

cohort_status call_open(void)
{
	return cohort_open(NULL, &here.other);
}

cohort_status call_close(void)
{
	return cohort_close(here.group);
}

cohort_status call_gather(void)
{
	cohort_results *results;

	return cohort_gather(here.group, &results);
}

cohort_status call_between(void)
{
	while (here.when == 0)
		nap(0.001);
	nap(0.01);
	return cohort_barrier(here.group);
}
