/*
 * What cohort's call costs over MPI's own, in time: both in turns in one
 * process, where memory lies as it lies for both. Start it with the MPI's
 * launcher. With one rank nobody is waited for; with more, a call contains that
 * ranks wait for each other.
 *
 * Rows in the form of bench/main.c, on rank 0:
 *
 *	contender,launch,ranks,wrapper:CALL,bytes,nanoseconds of a call
 *
 * in pairs: MPI's own call, and cohort's, whose contender has "cohort-" before
 * it. It is the least of many blocks, and a block is as long as its slowest
 * rank's. With one rank cohort's allreduce has no use for MPI, and so no row.
 */
#include "machine.h"

#include <cohort.h>
#include <popt.h>

#include <mpi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALLS = 2000, RANKS_MOST = 64 };

static struct {
	cohort *group;
	MPI_Comm comm;
	int rank;
	int size;
	double send;
	double recv[RANKS_MOST];
	int ones[RANKS_MOST];
	int places[RANKS_MOST];
	size_t counts[RANKS_MOST];
} here;

/* name, bytes, fewest ranks, MPI's call, cohort's; the root goes round. */
#define CALL_MAP(X)                                                            \
	X(barrier, 0, 1, MPI_Barrier(here.comm), cohort_barrier(here.group))   \
	X(bcast, 8, 1, MPI_Bcast(&here.send, 1, MPI_DOUBLE, root, here.comm),  \
	  cohort_bcast(here.group, &here.send, 1, COHORT_DOUBLE, root))        \
	X(gatherv, 8, 1,                                                       \
	  MPI_Gatherv(&here.send, 1, MPI_DOUBLE, here.recv, here.ones,         \
	              here.places, MPI_DOUBLE, root, here.comm),               \
	  cohort_gatherv(here.group, &here.send, 1, here.recv, here.counts,    \
	                 COHORT_DOUBLE, root))                                 \
	X(allgatherv, 8, 1,                                                    \
	  MPI_Allgatherv(&here.send, 1, MPI_DOUBLE, here.recv, here.ones,      \
	                 here.places, MPI_DOUBLE, here.comm),                  \
	  cohort_allgatherv(here.group, &here.send, 1, here.recv, here.counts, \
	                    COHORT_DOUBLE))                                    \
	X(allreduce, 8, 2,                                                     \
	  MPI_Allreduce(&here.send, here.recv, 1, MPI_DOUBLE, MPI_SUM,         \
	                here.comm),                                            \
	  cohort_allreduce(here.group, &here.send, here.recv, 1,               \
	                   COHORT_DOUBLE, COHORT_SUM))

static int next(int root)
{
	return root + 1 < here.size ? root + 1 : 0;
}

#define BLOCK(name, bytes, fewest, raw, wrapped)        \
	static bool raw_##name(void)                    \
	{                                               \
		bool failed = false;                    \
		int root = 0;                           \
		for (int i = 0; i < CALLS; i++) {       \
			failed |= raw != MPI_SUCCESS;   \
			root = next(root);              \
		}                                       \
		return failed;                          \
	}                                               \
	static bool wrapped_##name(void)                \
	{                                               \
		bool failed = false;                    \
		int root = 0;                           \
		for (int i = 0; i < CALLS; i++) {       \
			failed |= wrapped != COHORT_OK; \
			root = next(root);              \
		}                                       \
		return failed;                          \
	}
CALL_MAP(BLOCK)
#undef BLOCK

static const struct call {
	const char *name;
	int bytes;
	int fewest;
	bool (*blocks[2])(void);
} calls[] = {
#define ROW(name, bytes, fewest, raw, wrapped) \
	{#name, bytes, fewest, {raw_##name, wrapped_##name}},
    CALL_MAP(ROW)
#undef ROW
};

static _Noreturn void stop(const char *what)
{
	fprintf(stderr, "bench-wrapper: %s: %s\n", what, cohort_error());
	MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
	abort();
}

/* Of the slowest rank, on every rank; and all have come before the next one. */
static double block_seconds(bool (*block)(void))
{
	const double begin = machine_seconds();
	if (block())
		stop("a call failed");
	double seconds = machine_seconds() - begin;

	MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX,
	              here.comm);
	return seconds;
}

/* Nanoseconds of a call, of MPI's and of cohort's. */
static void measure(const struct call *call, int blocks, double least[2])
{
	for (int i = 0; i < 2 * blocks; i++) {
		const double seconds = block_seconds(call->blocks[i % 2]);
		const double ns = 1e9 * seconds / CALLS;
		if (i < 2 || ns < least[i % 2])
			least[i % 2] = ns;
	}
}

static void open_both(void)
{
	const cohort_options options = {.backend = "mpi"};

	machine_cores();
	MPI_Init(NULL, NULL);
	MPI_Comm_dup(MPI_COMM_WORLD, &here.comm);
	MPI_Comm_rank(here.comm, &here.rank);
	MPI_Comm_size(here.comm, &here.size);
	if (here.size > RANKS_MOST)
		stop("this is for up to 64 ranks");
	if (cohort_open(&options, &here.group))
		stop("open");
	if (machine_pin(here.rank))
		perror("cannot keep a rank on one core");
	for (int r = 0; r < here.size; r++) {
		here.ones[r] = 1;
		here.places[r] = r;
		here.counts[r] = 1;
	}
}

static void close_both(void)
{
	if (cohort_close(here.group))
		stop("close");
	MPI_Comm_free(&here.comm);
	MPI_Finalize();
}

int main(int argc, char **argv)
{
	static const char *const prefixes[2] = {"", "cohort-"};
	char *contender = "mpi";
	int launch = 1;
	int blocks = 200;
	const struct poptOption table[] = {
	    {"contender", 'c', POPT_ARG_STRING | POPT_ARGFLAG_SHOW_DEFAULT,
	     &contender, 0, "MPI's name, for the first column", "NAME"},
	    {"launch", 'l', POPT_ARG_INT | POPT_ARGFLAG_SHOW_DEFAULT, &launch,
	     0, "the second column", "NUMBER"},
	    {"blocks", '\0', POPT_ARG_INT | POPT_ARGFLAG_SHOW_DEFAULT, &blocks,
	     0, "blocks of calls, of each of the two", "NUMBER"},
	    POPT_AUTOHELP POPT_TABLEEND};
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, table, 0);
	const int code = poptGetNextOpt(context);

	if (code < -1 || poptPeekArg(context) || blocks < 1 ||
	    blocks > 1000000) {
		fprintf(stderr, "%s: that cannot be; try --help\n", argv[0]);
		return EXIT_FAILURE;
	}
	poptFreeContext(context);
	open_both();
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		double least[2] = {0, 0};
		if (here.size < calls[i].fewest)
			continue;
		measure(&calls[i], blocks, least);
		for (int k = 0; k < 2 && here.rank == 0; k++)
			printf("%s%s,%d,%d,wrapper:%s,%d,%.1f\n", prefixes[k],
			       contender, launch, here.size, calls[i].name,
			       calls[i].bytes, least[k]);
	}
	close_both();
	return EXIT_SUCCESS;
}
