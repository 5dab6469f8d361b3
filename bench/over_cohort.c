/* The calls over cohort. The backend, the transport and the number of ranks
 * are what the environment says. */
#include "transport.h"

#include <cohort.h>

#include <stdio.h>
#include <stdlib.h>

static cohort *group;
static size_t *counts;

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	fprintf(stderr, "%s: %s\n", cohort_status_name(status), cohort_error());
	cohort_abort(group, EXIT_FAILURE);
}

static void about(char text[ABOUT_BYTES])
{
	snprintf(text, ABOUT_BYTES, "cohort %s", cohort_version());
}

static void open_group(void)
{
	check(cohort_open(NULL, &group));
}

static void close_group(void)
{
	free(counts);
	counts = NULL;
	check(cohort_close(group));
	group = NULL;
}

static _Noreturn void abort_group(void)
{
	cohort_abort(group, EXIT_FAILURE);
}

static int rank(void)
{
	return cohort_rank(group);
}

static int size(void)
{
	return cohort_size(group);
}

static void *alloc(size_t bytes)
{
	return cohort_alloc(group, bytes);
}

static void release(void *memory)
{
	cohort_free(group, memory);
}

static void plan(size_t count)
{
	const size_t ranks = (size_t)size();

	if (!counts)
		counts = malloc(ranks * sizeof(*counts));
	if (!counts)
		abort_group();
	for (size_t r = 0; r < ranks; r++)
		counts[r] = count;
}

static void barrier(void)
{
	check(cohort_barrier(group));
}

static void bcast(double *data, size_t count, int root)
{
	check(cohort_bcast(group, data, count, COHORT_DOUBLE, root));
}

static void gatherv(const double *send, size_t count, double *recv, int root)
{
	check(cohort_gatherv(group, send, count, recv, counts, COHORT_DOUBLE,
	                     root));
}

static void allgatherv(const double *send, size_t count, double *recv)
{
	check(
	    cohort_allgatherv(group, send, count, recv, counts, COHORT_DOUBLE));
}

static void allreduce(const double *send, double *recv, size_t count)
{
	check(cohort_allreduce(group, send, recv, count, COHORT_DOUBLE,
	                       COHORT_SUM));
}

static void largest(double *values, size_t count)
{
	check(cohort_allreduce(group, COHORT_IN_PLACE, values, count,
	                       COHORT_DOUBLE, COHORT_MAX));
}

const struct transport transport = {
    .about = about,
    .open = open_group,
    .close = close_group,
    .abort = abort_group,
    .rank = rank,
    .size = size,
    .alloc = alloc,
    .free = release,
    .plan = plan,
    .barrier = barrier,
    .bcast = bcast,
    .gatherv = gatherv,
    .allgatherv = allgatherv,
    .allreduce = allreduce,
    .largest = largest,
};
