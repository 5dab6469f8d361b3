/*
 * mpi_large CALL: two ranks make a collective call with more than INT_MAX
 * elements of one byte, and check every byte. Needs up to 7 GiB.
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

/* The largest part that travels in the MPI_Gatherv. */
enum { FEW = 1 << 24 };

/* Multiples of the size of a word. */
static const size_t more = (size_t)INT_MAX + 4097;
static const size_t most = ((size_t)INT_MAX + 4097) / 16 * 10;

/* Word `i` of the data of rank r. Every bit of `i` changes it. No byte is above
 * 127, so the bytes of two words can be added without a carry. */
static uint64_t pattern(size_t i, int r)
{
	const uint64_t mixed = (i + 1 + (uint64_t)r) * 0x9e3779b97f4a7c15u;

	return (mixed ^ mixed >> 32) & 0x7f7f7f7f7f7f7f7fu;
}

static uint64_t *allocate(size_t bytes)
{
	uint64_t *memory = malloc(bytes);

	CHECK(memory);
	return memory;
}

static void fill(uint64_t *data, size_t bytes, int r)
{
	for (size_t i = 0; i < bytes / sizeof(*data); i++)
		data[i] = pattern(i, r);
}

static void check(const uint64_t *data, size_t bytes, int r)
{
	for (size_t i = 0; i < bytes / sizeof(*data); i++)
		if (data[i] != pattern(i, r)) {
			fprintf(stderr, "word %zu of rank %d's is wrong\n", i,
			        r);
			cohort_abort(NULL, 98);
		}
}

static void large_bcast(cohort *group)
{
	uint64_t *data = allocate(more);

	if (cohort_rank(group) == 1)
		fill(data, more, 1);
	CHECK(cohort_bcast(group, data, more, COHORT_UINT8, 1) == COHORT_OK);
	check(data, more, 1);
	free(data);
}

static void gather(cohort *group, const size_t counts[2], int root)
{
	const int rank = cohort_rank(group);
	uint64_t *send = allocate(counts[rank]);
	uint64_t *recv = rank == root ? allocate(counts[0] + counts[1]) : NULL;

	fill(send, counts[rank], rank);
	CHECK(cohort_gatherv(group, send, counts[rank], recv, counts,
	                     COHORT_UINT8, root) == COHORT_OK);
	if (rank == root) {
		check(recv, counts[0], 0);
		check(recv + counts[0] / sizeof(*recv), counts[1], 1);
	}
	free(send);
	free(recv);
}

/* The small part is behind a large part, which is the root's own. */
static void large_gatherv_small_part(cohort *group)
{
	gather(group, (const size_t[]){more, FEW}, 0);
}

/* The same, but the large part is not the root's own. */
static void large_gatherv_large_part(cohort *group)
{
	gather(group, (const size_t[]){more, FEW}, 1);
}

/* Each part is below INT_MAX, their sum is not. */
static void large_gatherv_sum(cohort *group)
{
	gather(group, (const size_t[]){most, most}, 0);
}

static void large_allgatherv(cohort *group)
{
	const int rank = cohort_rank(group);
	const size_t counts[2] = {most, more - most + FEW};
	uint64_t *recv = allocate(counts[0] + counts[1]);
	uint64_t *second = recv + counts[0] / sizeof(*recv);

	fill(rank ? second : recv, counts[rank], rank);
	CHECK(cohort_allgatherv(group, COHORT_IN_PLACE, counts[rank], recv,
	                        counts, COHORT_UINT8) == COHORT_OK);
	check(recv, counts[0], 0);
	check(second, counts[1], 1);
	free(recv);
}

static void large_allreduce(cohort *group)
{
	uint64_t *data = allocate(more);

	fill(data, more, cohort_rank(group));
	CHECK(cohort_allreduce(group, COHORT_IN_PLACE, data, more, COHORT_UINT8,
	                       COHORT_SUM) == COHORT_OK);
	for (size_t i = 0; i < more / sizeof(*data); i++)
		if (data[i] != pattern(i, 0) + pattern(i, 1)) {
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
    {"gatherv_small_part", large_gatherv_small_part},
    {"gatherv_large_part", large_gatherv_large_part},
    {"gatherv_sum", large_gatherv_sum},
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
