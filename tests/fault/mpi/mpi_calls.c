/* Calls that ranks make differently, with bad arguments, too late or not at all. */
#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "mpi_calls.h"

#include "clock.h"
#include "mpi_ranks.h"
#include "pace.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Print the status and the sentence of a call; returns whether the status is
 * `expected`. */
static bool came_to(cohort *group, cohort_status status, cohort_status expected)
{
	printf("rank %d: %s: %s\n", cohort_rank(group),
	       cohort_status_name(status),
	       status == COHORT_OK ? "" : cohort_error());
	return status == expected;
}

/* A rank that exits after its group broke ends the job. Wait, so that the other
 * ranks can print before. */
static int linger(cohort *group)
{
	CHECK(cohort_close(group) == COHORT_OK);
	nap(2 * pace_now());
	return 0;
}

/* Rank 0 broadcasts, the others reduce. */
int run_mismatch(char *arguments[])
{
	cohort *group = open_group();
	double data[3] = {1, 2, 3};
	double sums[3] = {-1, -1, -1};
	cohort_status status;

	(void)arguments;
	if (cohort_rank(group) == 0)
		status = cohort_bcast(group, data, 3, COHORT_DOUBLE, 0);
	else
		status = cohort_allreduce(group, data, sums, 3, COHORT_DOUBLE,
		                          COHORT_SUM);
	CHECK(came_to(group, status, COHORT_EMISMATCH));
	CHECK(data[0] == 1 && data[1] == 2 && data[2] == 3);
	CHECK(sums[0] == -1 && sums[1] == -1 && sums[2] == -1);
	CHECK(cohort_barrier(group) == COHORT_EMISMATCH);
	return linger(group);
}

enum { MOST = 64 };

/* The last rank sends one element more than the root expects of it. */
int run_counts(char *arguments[])
{
	cohort *group = open_group();
	const int size = cohort_size(group);
	const bool is_last = cohort_rank(group) == size - 1;
	const int32_t mine[3] = {7, 7, 7};
	int32_t all[3 * MOST];
	size_t counts[MOST];

	(void)arguments;
	CHECK(size > 1 && size <= MOST);
	for (int r = 0; r < size; r++)
		counts[r] = 2;
	for (int i = 0; i < 3 * MOST; i++)
		all[i] = -1;
	const cohort_status status = cohort_gatherv(
	    group, mine, is_last ? 3 : 2, all, counts, COHORT_INT32, 0);
	CHECK(came_to(group, status, COHORT_EMISMATCH));
	for (int i = 0; i < 3 * MOST; i++)
		CHECK(all[i] == -1);
	return linger(group);
}

static void await_file(const char *path)
{
	while (access(path, F_OK))
		nap(0.01);
}

/* First all ranks refuse a call, and the group stays usable; then rank 0 alone
 * refuses one. Rank 1 learns of that while rank 0 is outside of MPI: rank 0
 * makes its next call only when rank 1 has created the file arguments[0]. */
int run_refuse(char *arguments[])
{
	cohort *group = open_group();
	int32_t data = 5;

	for (int i = 0; i < 3; i++)
		CHECK(cohort_bcast(group, NULL, 1, COHORT_INT32, 0) ==
		      COHORT_EINVAL);
	CHECK(cohort_bcast(group, &data, 1, COHORT_INT32, 0) == COHORT_OK);
	if (cohort_rank(group) == 0) {
		CHECK(cohort_bcast(group, NULL, 1, COHORT_INT32, 0) ==
		      COHORT_EINVAL);
		await_file(arguments[0]);
		CHECK(came_to(group, cohort_barrier(group), COHORT_EMISMATCH));
	} else {
		CHECK(came_to(group,
		              cohort_bcast(group, &data, 1, COHORT_INT32, 0),
		              COHORT_EMISMATCH));
		FILE *file = fopen(arguments[0], "w");
		CHECK(file && fclose(file) == 0);
	}
	CHECK(data == 5);
	return linger(group);
}

/* All ranks but rank 0 refuse two different calls; rank 0 learns of that, and they
 * do in their next call. */
int run_refuse_most(char *arguments[])
{
	cohort *group = open_group();
	const int32_t one = 1;
	int32_t data = 5;

	(void)arguments;
	if (cohort_rank(group) > 0) {
		CHECK(cohort_bcast(group, &data, 1, COHORT_INT32, -1) ==
		      COHORT_EINVAL);
		CHECK(cohort_allreduce(group, &one, NULL, 1, COHORT_INT32,
		                       COHORT_SUM) == COHORT_EINVAL);
		CHECK(came_to(group, cohort_barrier(group), COHORT_EMISMATCH));
	} else {
		CHECK(came_to(group,
		              cohort_bcast(group, &data, 1, COHORT_INT32, 0),
		              COHORT_EMISMATCH));
	}
	CHECK(data == 5);
	return linger(group);
}

/* All ranks refuse different calls one after another, and go on. */
int run_refuse_alike(char *arguments[])
{
	cohort *group = open_group();
	const int32_t one = 1;
	int32_t data = 5;

	(void)arguments;
	for (int i = 0; i < 3; i++) {
		CHECK(cohort_bcast(group, NULL, 1, COHORT_INT32, 0) ==
		      COHORT_EINVAL);
		CHECK(cohort_allreduce(group, &one, NULL, 1, COHORT_INT32,
		                       COHORT_SUM) == COHORT_EINVAL);
		CHECK(cohort_barrier(group) == COHORT_OK);
	}
	CHECK(cohort_bcast(group, &data, 1, COHORT_INT32, 0) == COHORT_OK);
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

static void *counted(const char *function)
{
	void *address = dlsym(RTLD_DEFAULT, function);

	CHECK(address);
	return address;
}

/* Print how many messages this rank sends for one call, as counted by the library
 * mpi_count, which is preloaded. */
int run_messages(char *arguments[])
{
	enum { CALLS = 20 };
	unsigned long (*sent)(void) = NULL;
	cohort *group = open_group();

	(void)arguments;
	*(void **)&sent = counted("mpi_count_sends");
	CHECK(cohort_barrier(group) == COHORT_OK);
	const unsigned long before = sent();
	for (int i = 0; i < CALLS; i++)
		CHECK(cohort_barrier(group) == COHORT_OK);
	printf("rank %d sends %lu messages in %d calls\n", cohort_rank(group),
	       sent() - before, (int)CALLS);
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

/* The last rank comes late to a call, but within the timeout, arguments[0] in seconds.
 * Print how many messages this rank sends. */
int run_late_messages(char *arguments[])
{
	const double seconds = atof(arguments[0]);
	const cohort_options options = {.timeout = seconds};
	unsigned long (*sent)(void) = NULL;
	cohort *group = NULL;

	*(void **)&sent = counted("mpi_count_sends");
	CHECK(cohort_open(&options, &group) == COHORT_OK);
	CHECK(cohort_barrier(group) == COHORT_OK);
	const unsigned long before = sent();
	if (cohort_rank(group) == cohort_size(group) - 1)
		nap(0.7 * seconds);
	CHECK(cohort_barrier(group) == COHORT_OK);
	printf("rank %d sends %lu messages\n", cohort_rank(group),
	       sent() - before);
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

static int do_nothing(cohort_task *task)
{
	(void)task;
	return 0;
}

static cohort *swept;

static void stop_sweep(void)
{
	cohort_status status = cohort_stop(swept);
	(void)status;
}

/* Groups with a sweep each, which leave nothing behind in MPI: no message that nobody
 * has received, and no request. Each node's first rank is told to stop too late, so the
 * next group must not hear of that. */
int run_closes(char *arguments[])
{
	enum { GROUPS = 8, TASKS = 6 };
	const cohort_job job = {.execute = do_nothing};
	void (*stop_by)(void (*)(void)) = NULL;
	unsigned long (*sends)(void) = NULL;
	unsigned long (*receipts)(void) = NULL;
	long (*requests)(void) = NULL;
	int64_t lost;

	(void)arguments;
	*(void **)&stop_by = counted("mpi_count_stop_by");
	*(void **)&sends = counted("mpi_count_sends");
	*(void **)&receipts = counted("mpi_count_receipts");
	*(void **)&requests = counted("mpi_count_requests");
	stop_by(stop_sweep);
	for (int i = 0; i < GROUPS; i++) {
		swept = open_group();
		CHECK(cohort_scatter(swept, &job, NULL, TASKS) == COHORT_OK);
		CHECK(cohort_close(swept) == COHORT_OK);
	}
	const long left = requests();
	lost = (int64_t)sends() - (int64_t)receipts();
	cohort *group = open_group();
	CHECK(cohort_allreduce(group, COHORT_IN_PLACE, &lost, 1, COHORT_INT64,
	                       COHORT_SUM) == COHORT_OK);
	printf("rank %d: %ld requests and %lld messages are left\n",
	       cohort_rank(group), left, (long long)lost);
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

/* Rank 0 broadcasts after the timeout of rank 1. MPI delivers that message while
 * the ranks use another group, and must not write into memory of rank 1. */
int run_late(char *arguments[])
{
	enum { ROUNDS = 3, BYTES = 1 << 16 };
	cohort *late = NULL;
	cohort *other = NULL;
	const cohort_options options = {.timeout = 0.2};
	unsigned char *data = malloc(BYTES);
	cohort_blob blob = {data, BYTES};
	unsigned char stack[BYTES];

	(void)arguments;
	CHECK(data && cohort_open(&options, &late) == COHORT_OK);
	CHECK(cohort_open(NULL, &other) == COHORT_OK);
	memset(data, 7, BYTES);
	if (cohort_rank(late) == 0) {
		nap(0.5 * pace_now());
		cohort_status status = cohort_bcast_object(late, &blob, 0);
		(void)status; /* COHORT_OK or COHORT_ETIMEOUT */
	} else {
		CHECK(came_to(late, cohort_bcast_object(late, &blob, 0),
		              COHORT_ETIMEOUT));
		CHECK(blob.data == data);
		memset(stack, 9, sizeof(stack));
		memset(data, 5, BYTES);
	}
	for (int i = 0; i < ROUNDS; i++)
		CHECK(cohort_barrier(other) == COHORT_OK);
	for (int i = 0; cohort_rank(late) == 1 && i < BYTES; i++)
		CHECK(stack[i] == 9 && data[i] == 5);
	printf("rank %d: nothing was written late\n", cohort_rank(late));
	fflush(stdout);
	/* The first rank that exits ends the job. */
	CHECK(cohort_barrier(other) == COHORT_OK);
	return 0;
}

/* The last rank does not make the collective call arguments[0] within the timeout,
 * which is arguments[1] in seconds, and the others report that; or instead of the
 * last rank those whose numbers follow in one word. A rank that is only slow does no
 * harm. */
int run_timeout(char *arguments[])
{
	cohort *group = NULL;
	cohort *other = NULL;
	const char *call = arguments[0];
	const double seconds = atof(arguments[1]);
	const cohort_options options = {.timeout = seconds};
	int32_t mine = 1;
	int32_t all[MOST];
	size_t counts[MOST];
	cohort_status status = COHORT_OK;

	CHECK(cohort_open(&options, &group) == COHORT_OK);
	const bool misses =
	    arguments[2]
	        ? strchr(arguments[2], '0' + cohort_rank(group)) != NULL
	        : cohort_rank(group) == cohort_size(group) - 1;
	for (int r = 0; r < MOST; r++)
		counts[r] = 1;
	if (misses)
		nap(0.4 * seconds);
	CHECK(cohort_barrier(group) == COHORT_OK);
	if (misses) {
		nap(4 * seconds);
		return 0;
	}
	const double begin = now();
	if (!strcmp(call, "barrier"))
		status = cohort_barrier(group);
	if (!strcmp(call, "bcast"))
		status = cohort_bcast(group, &mine, 1, COHORT_INT32,
		                      cohort_size(group) - 1);
	if (!strcmp(call, "gatherv"))
		status = cohort_gatherv(group, &mine, 1, all, counts,
		                        COHORT_INT32, 0);
	if (!strcmp(call, "allgatherv"))
		status = cohort_allgatherv(group, &mine, 1, all, counts,
		                           COHORT_INT32);
	if (!strcmp(call, "allreduce"))
		status = cohort_allreduce(group, &mine, all, 1, COHORT_INT32,
		                          COHORT_SUM);
	if (!strcmp(call, "open"))
		status = cohort_open(&options, &other);
	const double waited = now() - begin;
	const bool soon = pace_within(begin, now(), seconds + 1);
	CHECK(came_to(group, status, COHORT_ETIMEOUT));
	printf("rank %d: waited %.3f s\n", cohort_rank(group), waited);
	CHECK(waited > 0.9 * seconds && soon);
	/* The first group works on, but its last rank leaves. */
	if (!strcmp(call, "open"))
		return 0;
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

/* The root expects less than the last rank sends. Without COHORT_CHECK, only MPI
 * can notice. */
int run_truncate(char *arguments[])
{
	cohort *group = open_group();
	const bool is_last = cohort_rank(group) == cohort_size(group) - 1;
	const int32_t mine[300] = {0};
	int32_t all[300 * 2];
	const size_t counts[2] = {2, 2};

	(void)arguments;
	CHECK(cohort_size(group) == 2);
	const cohort_status status = cohort_gatherv(
	    group, mine, is_last ? 300 : 2, all, counts, COHORT_INT32, 0);
	if (cohort_rank(group) == 0)
		CHECK(came_to(group, status, COHORT_EMISMATCH));
	else
		sleep(2);
	return 0;
}
