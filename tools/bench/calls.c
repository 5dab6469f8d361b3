#include "calls.h"

#include <stdint.h>
#include <stdlib.h>

/* As in the OSU benchmarks, rank 0 is always the root. */
enum { ROOT = 0 };

static cohort_status run_barrier(const struct bench_data *d)
{
	return cohort_barrier(d->group);
}

static cohort_status run_bcast(const struct bench_data *d)
{
	return cohort_bcast(d->group, d->send, d->size, COHORT_UINT8, ROOT);
}

static cohort_status run_gatherv(const struct bench_data *d)
{
	return cohort_gatherv(d->group, d->send, d->size, d->recv, d->counts,
	                      COHORT_UINT8, ROOT);
}

static cohort_status run_allgatherv(const struct bench_data *d)
{
	return cohort_allgatherv(d->group, d->send, d->size, d->recv, d->counts,
	                         COHORT_UINT8);
}

static cohort_status run_allreduce(const struct bench_data *d)
{
	return cohort_allreduce(d->group, d->send, d->recv,
	                        d->size / sizeof(float), COHORT_FLOAT,
	                        COHORT_SUM);
}

static cohort_status run_bcast_object(const struct bench_data *d)
{
	cohort_blob blob = {d->send, d->size};
	const cohort_status status = cohort_bcast_object(d->group, &blob, ROOT);

	if (status == COHORT_OK && !cohort_is_root(d->group))
		free(blob.data);
	return status;
}

static cohort_status run_allgather_objects(const struct bench_data *d)
{
	cohort_blob *all = NULL;
	const cohort_status status = cohort_allgather_objects(
	    d->group, (cohort_blob){d->send, d->size}, &all);

	if (status == COHORT_OK)
		free(all);
	return status;
}

static int execute_nothing(cohort_task *task)
{
	(void)task;
	return 0;
}

/* COHORT_ISOLATE does not count: a fork for each task is another figure. */
static cohort_status run_task(const struct bench_data *d)
{
	const cohort_job job = {.execute = execute_nothing,
	                        .not_isolated = true};

	return cohort_scatter(d->group, &job, NULL, d->size);
}

const struct bench_call bench_calls[BENCH_CALLS] = {
#define BENCH_ROW(name, unit) {#name, BENCH_##unit, run_##name},
    BENCH_CALL_MAP(BENCH_ROW)
#undef BENCH_ROW
};

size_t bench_recv_bytes(const struct bench_call *call, size_t size, int ranks)
{
	if (call->run == run_allreduce)
		return size;
	return call->run == run_gatherv || call->run == run_allgatherv
	           ? size * (size_t)ranks
	           : 0;
}
