/*
 * mpi_ranks MODE [ARGUMENT]: a program without MPI of its own, with one failure
 * for each mode. cases.sh compares its output. The exit status is 0 if
 * everything is right that the program itself can check.
 */
#define _POSIX_C_SOURCE 200809L
#include "clock.h"
#include "cohort.h"
#include "pace.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, \
			        #condition, cohort_error());                   \
			_Exit(99);                                             \
		}                                                              \
	} while (0)

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
	sleep(2);
	return 0;
}

static cohort *open_group(void)
{
	cohort *group = NULL;

	CHECK(cohort_open(NULL, &group) == COHORT_OK);
	return group;
}

static int run_version(const char *argument)
{
	(void)argument;
	puts(cohort_version());
	return 0;
}

static int run_open(const char *argument)
{
	cohort *group = open_group();
	int64_t sum = 0;
	const int64_t one = 1;

	(void)argument;
	CHECK(cohort_allreduce(group, &one, &sum, 1, COHORT_INT64,
	                       COHORT_SUM) == COHORT_OK);
	CHECK(sum == cohort_size(group));
	printf("rank %d of %d on %s\n", cohort_rank(group), cohort_size(group),
	       cohort_backend(group));
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

/* cohort_open fails with the status that is named. */
static int run_expect(const char *argument)
{
	cohort *group = NULL;
	const cohort_status status = cohort_open(NULL, &group);

	printf("%s: %s\n", cohort_status_name(status), cohort_error());
	CHECK(!group);
	return strcmp(cohort_status_name(status), argument) != 0;
}

static int run_again(const char *argument)
{
	cohort *groups[3];

	(void)argument;
	for (int i = 0; i < 3; i++)
		groups[i] = open_group();
	for (int i = 0; i < 3; i++)
		CHECK(cohort_barrier(groups[2 - i]) == COHORT_OK);
	for (int i = 0; i < 3; i++)
		CHECK(cohort_close(groups[i]) == COHORT_OK);
	for (int i = 0; i < 50; i++)
		CHECK(cohort_close(open_group()) == COHORT_OK);
	return 0;
}

/* The last rank is killed while the others wait for it. */
static int run_kill(const char *argument)
{
	cohort *group = open_group();

	(void)argument;
	CHECK(cohort_barrier(group) == COHORT_OK);
	if (cohort_rank(group) == cohort_size(group) - 1)
		raise(SIGKILL);
	return cohort_barrier(group) == COHORT_OK;
}

/* The last rank exits with status 0 while the others wait for it. */
static int run_leave(const char *argument)
{
	cohort *group = open_group();

	(void)argument;
	CHECK(cohort_barrier(group) == COHORT_OK);
	if (cohort_rank(group) == cohort_size(group) - 1)
		exit(0);
	CHECK(cohort_barrier(group) == COHORT_OK);
	return 0;
}

static int run_abort(const char *argument)
{
	cohort *group = open_group();

	if (cohort_rank(group) == cohort_size(group) - 1)
		cohort_abort(group, atoi(argument));
	CHECK(cohort_barrier(group) == COHORT_OK);
	return 0;
}

/* Rank 0 broadcasts, the others reduce. */
static int run_mismatch(const char *argument)
{
	cohort *group = open_group();
	double data[3] = {1, 2, 3};
	double sums[3] = {-1, -1, -1};
	cohort_status status;

	(void)argument;
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
static int run_counts(const char *argument)
{
	cohort *group = open_group();
	const int size = cohort_size(group);
	const bool is_last = cohort_rank(group) == size - 1;
	const int32_t mine[3] = {7, 7, 7};
	int32_t all[3 * MOST];
	size_t counts[MOST];

	(void)argument;
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
 * makes its next call only when rank 1 has created the file `argument`. */
static int run_refuse(const char *argument)
{
	cohort *group = open_group();
	int32_t data = 5;

	(void)argument;
	for (int i = 0; i < 3; i++)
		CHECK(cohort_bcast(group, NULL, 1, COHORT_INT32, 0) ==
		      COHORT_EINVAL);
	CHECK(cohort_bcast(group, &data, 1, COHORT_INT32, 0) == COHORT_OK);
	if (cohort_rank(group) == 0) {
		CHECK(cohort_bcast(group, NULL, 1, COHORT_INT32, 0) ==
		      COHORT_EINVAL);
		await_file(argument);
		CHECK(came_to(group, cohort_barrier(group), COHORT_EMISMATCH));
	} else {
		CHECK(came_to(group,
		              cohort_bcast(group, &data, 1, COHORT_INT32, 0),
		              COHORT_EMISMATCH));
		FILE *file = fopen(argument, "w");
		CHECK(file && fclose(file) == 0);
	}
	CHECK(data == 5);
	return linger(group);
}

/* Rank 0 broadcasts after the timeout of rank 1. MPI delivers that message while
 * the ranks use another group, and must not write into memory of rank 1. */
static int run_late(const char *argument)
{
	enum { ROUNDS = 3, BYTES = 1 << 16 };
	cohort *late = NULL;
	cohort *other = NULL;
	const cohort_options options = {.timeout = 0.2};
	unsigned char *data = malloc(BYTES);
	cohort_blob blob = {data, BYTES};
	unsigned char stack[BYTES];

	(void)argument;
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

static double timeout_seconds = 0.5;

/* The last rank does not make a collective call within the timeout, whose
 * seconds are the second argument, and the others report that. A rank that is
 * only slow does no harm. */
static int run_timeout(const char *argument)
{
	cohort *group = NULL;
	const cohort_options options = {.timeout = timeout_seconds};
	int32_t mine = 1;
	int32_t all[MOST];
	size_t counts[MOST];
	cohort_status status = COHORT_OK;

	CHECK(cohort_open(&options, &group) == COHORT_OK);
	const bool is_last = cohort_rank(group) == cohort_size(group) - 1;
	for (int r = 0; r < MOST; r++)
		counts[r] = 1;
	if (is_last)
		nap(0.4 * timeout_seconds);
	CHECK(cohort_barrier(group) == COHORT_OK);
	if (is_last) {
		nap(4 * timeout_seconds);
		return 0;
	}
	const double begin = now();
	if (!strcmp(argument, "barrier"))
		status = cohort_barrier(group);
	if (!strcmp(argument, "bcast"))
		status = cohort_bcast(group, &mine, 1, COHORT_INT32,
		                      cohort_size(group) - 1);
	if (!strcmp(argument, "gatherv"))
		status = cohort_gatherv(group, &mine, 1, all, counts,
		                        COHORT_INT32, 0);
	if (!strcmp(argument, "allgatherv"))
		status = cohort_allgatherv(group, &mine, 1, all, counts,
		                           COHORT_INT32);
	if (!strcmp(argument, "allreduce"))
		status = cohort_allreduce(group, &mine, all, 1, COHORT_INT32,
		                          COHORT_SUM);
	const double waited = now() - begin;
	const bool soon = pace_within(begin, now(), timeout_seconds + 1);
	CHECK(came_to(group, status, COHORT_ETIMEOUT));
	printf("rank %d: waited %.3f s\n", cohort_rank(group), waited);
	CHECK(waited > 0.9 * timeout_seconds && soon);
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

/* The root expects less than the last rank sends. Without COHORT_CHECK, only MPI
 * can notice. */
static int run_truncate(const char *argument)
{
	cohort *group = open_group();
	const bool is_last = cohort_rank(group) == cohort_size(group) - 1;
	const int32_t mine[300] = {0};
	int32_t all[300 * 2];
	const size_t counts[2] = {2, 2};

	(void)argument;
	CHECK(cohort_size(group) == 2);
	const cohort_status status = cohort_gatherv(
	    group, mine, is_last ? 300 : 2, all, counts, COHORT_INT32, 0);
	if (cohort_rank(group) == 0)
		CHECK(came_to(group, status, COHORT_EMISMATCH));
	else
		sleep(2);
	return 0;
}

/* A child that the program forks is not a rank and does not disturb the ranks. */
static int run_fork(const char *argument)
{
	cohort *group = open_group();

	(void)argument;
	fflush(stdout);
	if (fork() == 0) {
		cohort *other = NULL;
		CHECK(cohort_barrier(group) == COHORT_ESTATE);
		CHECK(cohort_open(NULL, &other) == COHORT_ESTATE);
		CHECK(cohort_close(group) == COHORT_OK);
		exit(0);
	}
	CHECK(cohort_barrier(group) == COHORT_OK);
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

static int square(cohort_task *task)
{
	const double *x = cohort_task_param(task);
	double *result = cohort_task_result(task, sizeof(*result));

	*result = *x * *x;
	return 0;
}

/* Sweeps so short that some ranks are in their next call while others still
 * claim tasks. */
static int run_sweeps(const char *argument)
{
	enum { TASKS = 40 };
	cohort *group = open_group();
	const cohort_job job = {.execute = square,
	                        .param_bytes = sizeof(double)};
	double params[TASKS];

	(void)argument;
	for (size_t i = 0; i < TASKS; i++)
		params[i] = (double)i;
	for (size_t tasks = 0; tasks <= TASKS; tasks++) {
		cohort_results *results = NULL;
		size_t count = 0;
		CHECK(cohort_scatter(group, &job, params, tasks) == COHORT_OK);
		CHECK(cohort_gather(group, &results) == COHORT_OK);
		const cohort_result *all = cohort_results_all(results, &count);
		CHECK(count == tasks);
		for (size_t i = 0; i < count; i++)
			CHECK(*(const double *)all[i].data == (double)(i * i));
		cohort_results_free(results);
	}
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(const char *argument);
} modes[] = {
    {"version", run_version},   {"open", run_open},
    {"expect", run_expect},     {"again", run_again},
    {"kill", run_kill},         {"leave", run_leave},
    {"abort", run_abort},       {"mismatch", run_mismatch},
    {"counts", run_counts},     {"refuse", run_refuse},
    {"late", run_late},         {"timeout", run_timeout},
    {"truncate", run_truncate}, {"fork", run_fork},
    {"sweeps", run_sweeps},
};

int main(int argc, char *argv[])
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	pace_begin(NULL);
	if (argc > 3)
		timeout_seconds = atof(argv[3]);
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(*modes); i++)
		if (!strcmp(argv[1], modes[i].name))
			return modes[i].run(argc > 2 ? argv[2] : "");
	fprintf(stderr, "usage: mpi_ranks MODE [ARGUMENT [SECONDS]]\n");
	return 2;
}
