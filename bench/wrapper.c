/*
 * What cohort's call costs over MPI's own, in time: with one rank, where nobody
 * is waited for, both in turns in one process, the least of many blocks. Start
 * it with the MPI's launcher and -n 1.
 */
#include "machine.h"

#include <cohort.h>

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { BYTES = 8, BLOCKS = 200, CALLS = 20000 };

static struct {
	cohort *group;
	MPI_Comm comm;
	double send;
	double recv;
} here;

static const int bytes[] = {BYTES};
static const int places[] = {0};
static const size_t counts[] = {BYTES};

/* name, MPI's call, cohort's. An allreduce of one rank is none of MPI's. */
#define CALL_MAP(X)                                                            \
	X(barrier, MPI_Barrier(here.comm), cohort_barrier(here.group))         \
	X(bcast, MPI_Bcast(&here.send, BYTES, MPI_BYTE, 0, here.comm),         \
	  cohort_bcast(here.group, &here.send, BYTES, COHORT_UINT8, 0))        \
	X(gatherv,                                                             \
	  MPI_Gatherv(&here.send, BYTES, MPI_BYTE, &here.recv, bytes, places,  \
	              MPI_BYTE, 0, here.comm),                                 \
	  cohort_gatherv(here.group, &here.send, BYTES, &here.recv, counts,    \
	                 COHORT_UINT8, 0))                                     \
	X(allgatherv,                                                          \
	  MPI_Allgatherv(&here.send, BYTES, MPI_BYTE, &here.recv, bytes,       \
	                 places, MPI_BYTE, here.comm),                         \
	  cohort_allgatherv(here.group, &here.send, BYTES, &here.recv, counts, \
	                    COHORT_UINT8))

#define BLOCK(name, raw, wrapped)               \
	static int raw_##name(void)             \
	{                                       \
		int failed = 0;                 \
		for (int i = 0; i < CALLS; i++) \
			failed |= raw;          \
		return failed;                  \
	}                                       \
	static int wrapped_##name(void)         \
	{                                       \
		int failed = 0;                 \
		for (int i = 0; i < CALLS; i++) \
			failed |= (int)wrapped; \
		return failed;                  \
	}
CALL_MAP(BLOCK)

static const struct {
	const char *name;
	int (*blocks[2])(void);
} calls[] = {
#define ROW(name, raw, wrapped) {#name, {raw_##name, wrapped_##name}},
    CALL_MAP(ROW)
#undef ROW
};

/* Nanoseconds of a call, of MPI's and of cohort's. */
static void measure(int (*const blocks[2])(void), double least[2])
{
	for (int i = 0; i < 2 * BLOCKS; i++) {
		const double begin = machine_seconds();
		if (blocks[i % 2]()) {
			fprintf(stderr, "bench-wrapper: a call failed: %s\n",
			        cohort_error());
			exit(EXIT_FAILURE);
		}
		const double ns = 1e9 * (machine_seconds() - begin) / CALLS;
		if (i < 2 || ns < least[i % 2])
			least[i % 2] = ns;
	}
}

int main(int argc, char *argv[])
{
	const cohort_options options = {.backend = "mpi"};

	MPI_Init(&argc, &argv);
	MPI_Comm_dup(MPI_COMM_WORLD, &here.comm);
	if (cohort_open(&options, &here.group)) {
		fprintf(stderr, "bench-wrapper: %s\n", cohort_error());
		return EXIT_FAILURE;
	}
	puts("nanoseconds   MPI's  cohort's    more");
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		double least[2] = {0, 0};
		measure(calls[i].blocks, least);
		printf("%-10s %8.1f %9.1f %7.1f\n", calls[i].name, least[0],
		       least[1], least[1] - least[0]);
	}
	const cohort_status status = cohort_close(here.group);
	MPI_Finalize();
	return status != COHORT_OK;
}
