/*
 * mpi_large CALL: more than INT_MAX elements of one byte through a collective
 * call, between two ranks, every byte checked. Needs 9 GiB.
 */
#include "cohort.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, \
			        #condition, cohort_error());                   \
			cohort_abort(NULL, 99);                                \
		}                                                              \
	} while (0)

static const size_t more = (size_t)INT_MAX + 4097;

/* The byte at `i` of what rank r has: all of its places matter. */
static unsigned char pattern(size_t i, int r)
{
	const uint64_t mixed = (i + 1) * 0x9e3779b97f4a7c15u;

	return (unsigned char)((mixed >> 56) + (unsigned)r);
}

static void fill(unsigned char *data, size_t count, int r)
{
	for (size_t i = 0; i < count; i++)
		data[i] = pattern(i, r);
}

static void check(const unsigned char *data, size_t count, int r)
{
	for (size_t i = 0; i < count; i++)
		if (data[i] != pattern(i, r)) {
			fprintf(stderr, "byte %zu of rank %d's is wrong\n", i,
			        r);
			cohort_abort(NULL, 98);
		}
}

static unsigned char *allocate(size_t bytes)
{
	unsigned char *memory = malloc(bytes);

	CHECK(memory);
	return memory;
}

static void large_bcast(cohort *group)
{
	unsigned char *data = allocate(more);

	if (cohort_rank(group) == 1)
		fill(data, more, 1);
	CHECK(cohort_bcast(group, data, more, COHORT_UINT8, 1) == COHORT_OK);
	check(data, more, 1);
	free(data);
}

/* Rank 0's part is small and rank 1's is large, or both are below INT_MAX and
 * their sum is above. The larger of them is the root's in one of the cases. */
static void gather_parts(cohort *group, const size_t counts[2], int root)
{
	const int rank = cohort_rank(group);
	unsigned char *send = allocate(counts[rank]);
	unsigned char *recv =
	    rank == root ? allocate(counts[0] + counts[1]) : NULL;

	fill(send, counts[rank], rank);
	CHECK(cohort_gatherv(group, send, counts[rank], recv, counts,
	                     COHORT_UINT8, root) == COHORT_OK);
	if (rank == root) {
		check(recv, counts[0], 0);
		check(recv + counts[0], counts[1], 1);
	}
	free(send);
	free(recv);
}

static void large_gatherv(cohort *group)
{
	gather_parts(group, (const size_t[]){more, 1000}, 1);
	gather_parts(group, (const size_t[]){more, 1000}, 0);
	gather_parts(group, (const size_t[]){more / 2, more / 2}, 0);
}

static void large_allgatherv(cohort *group)
{
	const int rank = cohort_rank(group);
	const size_t counts[2] = {more / 2, more / 2 + 10};
	unsigned char *recv = allocate(counts[0] + counts[1]);

	fill(recv + (rank ? counts[0] : 0), counts[rank], rank);
	CHECK(cohort_allgatherv(group, COHORT_IN_PLACE, counts[rank], recv,
	                        counts, COHORT_UINT8) == COHORT_OK);
	check(recv, counts[0], 0);
	check(recv + counts[0], counts[1], 1);
	free(recv);
}

static void large_allreduce(cohort *group)
{
	unsigned char *data = allocate(more);

	fill(data, more, cohort_rank(group));
	CHECK(cohort_allreduce(group, COHORT_IN_PLACE, data, more, COHORT_UINT8,
	                       COHORT_SUM) == COHORT_OK);
	for (size_t i = 0; i < more; i++)
		if (data[i] != (unsigned char)(pattern(i, 0) + pattern(i, 1))) {
			fprintf(stderr, "sum %zu is wrong\n", i);
			cohort_abort(NULL, 98);
		}
	free(data);
}

static const struct {
	const char *name;
	void (*run)(cohort *group);
} calls[] = {
    {"bcast", large_bcast},
    {"gatherv", large_gatherv},
    {"allgatherv", large_allgatherv},
    {"allreduce", large_allreduce},
};

int main(int argc, char *argv[])
{
	cohort *group = NULL;

	CHECK(cohort_open(NULL, &group) == COHORT_OK);
	CHECK(cohort_size(group) == 2);
	for (size_t i = 0; argc > 1 && i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(argv[1], calls[i].name)) {
			calls[i].run(group);
			printf("large %s\n", argv[1]);
		}
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}
