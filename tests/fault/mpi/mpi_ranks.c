/*
 * mpi_ranks MODE [ARGUMENT...]: a program without MPI of its own, with one failure
 * for each mode. cases.sh compares its output. The exit status is 0 if
 * everything is right that the program itself can check.
 */
#define _POSIX_C_SOURCE 200809L
#include "mpi_ranks.h"

#include "mpi_calls.h"
#include "mpi_ends.h"
#include "mpi_scoped.h"
#include "pace.h"

#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

cohort *open_group(void)
{
	cohort *group = NULL;

	CHECK(cohort_open(NULL, &group) == COHORT_OK);
	return group;
}

static int run_version(char *arguments[])
{
	(void)arguments;
	puts(cohort_version());
	return 0;
}

/* The program may name a backend, and a number of ranks. */
static int run_open(char *arguments[])
{
	const char *size = arguments[0] ? arguments[1] : NULL;
	const cohort_options options = {.backend = arguments[0],
	                                .size = size ? atoi(size) : 0};
	cohort *group = NULL;
	int64_t sum = 0;
	const int64_t one = 1;

	CHECK(cohort_open(&options, &group) == COHORT_OK);
	CHECK(cohort_allreduce(group, &one, &sum, 1, COHORT_INT64,
	                       COHORT_SUM) == COHORT_OK);
	CHECK(sum == cohort_size(group));
	printf("rank %d of %d on %s\n", cohort_rank(group), cohort_size(group),
	       cohort_backend(group));
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

/* cohort_open, with the backend that the program may name, fails with the status
 * that is named. */
static int run_expect(char *arguments[])
{
	const cohort_options options = {.backend = arguments[1]};
	cohort *group = NULL;
	const cohort_status status = cohort_open(&options, &group);

	printf("%s: %s\n", cohort_status_name(status), cohort_error());
	CHECK(!group);
	return strcmp(cohort_status_name(status), arguments[0]) != 0;
}

static int run_again(char *arguments[])
{
	cohort *groups[3];

	(void)arguments;
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
static int run_kill(char *arguments[])
{
	cohort *group = open_group();

	(void)arguments;
	CHECK(cohort_barrier(group) == COHORT_OK);
	if (cohort_rank(group) == cohort_size(group) - 1)
		raise(SIGKILL);
	return cohort_barrier(group) == COHORT_OK;
}

/* The last rank exits with status 0 while the others wait for it. */
static int run_leave(char *arguments[])
{
	cohort *group = open_group();

	(void)arguments;
	CHECK(cohort_barrier(group) == COHORT_OK);
	if (cohort_rank(group) == cohort_size(group) - 1)
		exit(0);
	CHECK(cohort_barrier(group) == COHORT_OK);
	return 0;
}

static int run_abort(char *arguments[])
{
	cohort *group = open_group();

	if (cohort_rank(group) == cohort_size(group) - 1)
		cohort_abort(group, atoi(arguments[0]));
	CHECK(cohort_barrier(group) == COHORT_OK);
	return 0;
}

/* A child that the program forks is not a rank and does not disturb the ranks. */
static int run_fork(char *arguments[])
{
	cohort *group = open_group();

	(void)arguments;
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
static int run_sweeps(char *arguments[])
{
	enum { TASKS = 40 };
	cohort *group = open_group();
	const cohort_job job = {.execute = square,
	                        .param_bytes = sizeof(double)};
	double params[TASKS];

	(void)arguments;
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

static int fill_result(cohort_task *task)
{
	const size_t bytes = 300000 + cohort_task_index(task);

	memset(cohort_task_result(task, bytes), (int)cohort_task_index(task),
	       bytes);
	return 0;
}

/* More results from each rank than fit into a message to rank 0. */
static int run_gathers(char *arguments[])
{
	enum { TASKS = 40 };
	cohort *group = open_group();
	const cohort_job job = {.execute = fill_result};

	(void)arguments;
	for (size_t tasks = 0; tasks <= TASKS; tasks += TASKS / 4) {
		cohort_results *results = NULL;
		size_t count = 0;
		CHECK(cohort_scatter(group, &job, NULL, tasks) == COHORT_OK);
		CHECK(cohort_gather_to_root(group, &results) == COHORT_OK);
		const cohort_result *all = cohort_results_all(results, &count);
		CHECK(cohort_rank(group) > 0 || count == tasks);
		for (size_t i = 0; i < count; i++) {
			const unsigned char *data = all[i].data;
			CHECK(all[i].bytes == 300000 + all[i].index);
			for (size_t byte = 0; byte < all[i].bytes; byte++)
				CHECK(data[byte] == all[i].index);
		}
		cohort_results_free(results);
	}
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

/* Make the file `waits`, and return when the case has made the file `go`. */
static void wait_for_case(const char *folder, bool tells)
{
	static const struct timespec pause = {0, 10 * 1000 * 1000};
	char path[256];

	snprintf(path, sizeof(path), "%s/waits", folder);
	FILE *file = tells ? fopen(path, "w") : NULL;
	CHECK(!tells || (file && !fclose(file)));
	snprintf(path, sizeof(path), "%s/go", folder);
	while (access(path, F_OK))
		nanosleep(&pause, NULL);
}

static int wait_in_task(cohort_task *task)
{
	wait_for_case(cohort_task_state(task), cohort_task_index(task) == 0);
	return 0;
}

static void expect_no_failure(cohort *group)
{
	cohort_results *results = NULL;
	size_t count = 0;

	CHECK(cohort_gather(group, &results) == COHORT_OK);
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		CHECK(all[i].status == COHORT_OK);
	cohort_results_free(results);
}

/* Rank 0 waits for rank 1 in a barrier, or each for an isolated task, with a limit. */
static int run_suspended(char *arguments[])
{
	const double limit = strtod(arguments[1], NULL);
	char *folder = arguments[2];
	const cohort_options options = {.timeout = limit};
	const cohort_job job = {.execute = wait_in_task,
	                        .arg = folder,
	                        .isolate = true,
	                        .schedule = COHORT_STATIC,
	                        .timeout = limit};
	cohort *group = NULL;

	CHECK(cohort_open(&options, &group) == COHORT_OK);
	CHECK(cohort_barrier(group) == COHORT_OK);
	if (!strcmp(arguments[0], "barrier")) {
		if (!cohort_is_root(group))
			wait_for_case(folder, true);
		CHECK(cohort_barrier(group) == COHORT_OK);
	} else {
		CHECK(cohort_scatter(group, &job, NULL, 2) == COHORT_OK);
		expect_no_failure(group);
	}
	CHECK(cohort_close(group) == COHORT_OK);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(char *arguments[]);
} modes[] = {
    {"suspended", run_suspended},
    {"refuse_most", run_refuse_most},
    {"refuse_alike", run_refuse_alike},
    {"messages", run_messages},
    {"closes", run_closes},
    {"abort_in_task", run_abort_in_task},
    {"ends_last", run_ends_last},
    {"outlives", run_outlives},
    {"late_messages", run_late_messages},
    {"gathers", run_gathers},
    {"version", run_version},
    {"open", run_open},
    {"expect", run_expect},
    {"again", run_again},
    {"kill", run_kill},
    {"leave", run_leave},
    {"abort", run_abort},
    {"mismatch", run_mismatch},
    {"counts", run_counts},
    {"refuse", run_refuse},
    {"late", run_late},
    {"timeout", run_timeout},
    {"truncate", run_truncate},
    {"fork", run_fork},
    {"sweeps", run_sweeps},
    {"scoped_mixed", run_scoped_mixed},
    {"scoped_beside", run_scoped_beside},
    {"scoped_broken", run_scoped_broken},
};

int main(int argc, char *argv[])
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	pace_begin(NULL);
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(*modes); i++)
		if (!strcmp(argv[1], modes[i].name))
			return modes[i].run(argv + 2);
	fprintf(stderr, "usage: mpi_ranks MODE [ARGUMENT...]\n");
	return 2;
}
