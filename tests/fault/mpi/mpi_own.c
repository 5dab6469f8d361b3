/*
 * mpi_own MODE: a program that uses MPI itself, beside cohort or before it.
 * Built with the compiler of each MPI.
 */
#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "cohort.h"

#include <dlfcn.h>
#include <limits.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, \
			        #condition, cohort_error());                   \
			MPI_Abort(MPI_COMM_WORLD, 99);                         \
		}                                                              \
	} while (0)

static int handled;

static void handle(MPI_Comm *comm, int *code, ...)
{
	(void)comm;
	(void)code;
	handled++;
}

static int64_t sum_of_ones(cohort *group)
{
	const int64_t one = 1;
	int64_t sum = 0;

	CHECK(cohort_allreduce(group, &one, &sum, 1, COHORT_INT64,
	                       COHORT_SUM) == COHORT_OK);
	return sum;
}

/* cohort uses the program's MPI and leaves it as it was. */
static void run_init(void)
{
	cohort *group = NULL;
	MPI_Errhandler mine;
	MPI_Errhandler found;
	int finalised = 1;
	int size;

	MPI_Init(NULL, NULL);
	MPI_Comm_create_errhandler(handle, &mine);
	MPI_Comm_set_errhandler(MPI_COMM_WORLD, mine);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	CHECK(cohort_open(NULL, &group) == COHORT_OK);
	CHECK(!strcmp(cohort_backend(group), "mpi"));
	CHECK(sum_of_ones(group) == size);

	MPI_Comm_get_errhandler(MPI_COMM_WORLD, &found);
	CHECK(found == mine);
	MPI_Bcast(NULL, -1, MPI_INT, 0, MPI_COMM_WORLD);
	CHECK(handled == 1);
	CHECK(cohort_close(group) == COHORT_OK);

	MPI_Comm_get_errhandler(MPI_COMM_WORLD, &found);
	CHECK(found == mine);
	MPI_Finalized(&finalised);
	CHECK(!finalised);
	CHECK(MPI_Barrier(MPI_COMM_WORLD) == MPI_SUCCESS);
	MPI_Finalize();
	puts("finalised by the program");
}

/* Each rank opens a serial group of its own, on purpose. */
static void run_beside(void)
{
	const cohort_options options = {.backend = "serial"};
	cohort *group = NULL;

	MPI_Init(NULL, NULL);
	CHECK(cohort_open(&options, &group) == COHORT_OK);
	CHECK(cohort_size(group) == 1);
	CHECK(cohort_close(group) == COHORT_OK);
	MPI_Finalize();
}

static void expect(cohort_status expected)
{
	cohort *group = NULL;

	MPI_Init(NULL, NULL);
	const cohort_status status = cohort_open(NULL, &group);
	printf("%s: %s\n", cohort_status_name(status), cohort_error());
	MPI_Finalize();
	if (status != expected)
		exit(1);
}

static void run_expect_backend(void)
{
	expect(COHORT_EBACKEND);
}

static void run_expect_mismatch(void)
{
	expect(COHORT_EMISMATCH);
}

static void run_finalised(void)
{
	cohort *group = NULL;

	MPI_Init(NULL, NULL);
	MPI_Finalize();
	const cohort_status status = cohort_open(NULL, &group);
	printf("%s: %s\n", cohort_status_name(status), cohort_error());
	if (status != COHORT_ESTATE)
		exit(1);
}

/* Its close would have to finalise the program's MPI. */
static void run_scoped(void)
{
	const cohort_options options = {.scoped = true};
	cohort *group = NULL;

	MPI_Init(NULL, NULL);
	const cohort_status status = cohort_open(&options, &group);
	printf("%s: %s\n", cohort_status_name(status), cohort_error());
	CHECK(status == COHORT_ECONFIG);
	CHECK(cohort_open(NULL, &group) == COHORT_OK);
	CHECK(cohort_close(group) == COHORT_OK);
	MPI_Finalize();
}

/* The program finalises MPI while a group is open. */
static void run_close_late(void)
{
	cohort *group = NULL;

	MPI_Init(NULL, NULL);
	CHECK(cohort_open(NULL, &group) == COHORT_OK);
	MPI_Finalize();
	const cohort_status status = cohort_close(group);
	printf("%s: %s\n", cohort_status_name(status), cohort_error());
	if (status != COHORT_ESTATE)
		exit(1);
}

/* Groups of one rank, of half of the ranks, and of all. Rank 0 opens one alone
 * before, so that the ranks number their groups differently; that must not
 * matter. */
static void run_comm(void)
{
	cohort *alone = NULL;
	cohort *half = NULL;
	cohort *all = NULL;
	MPI_Comm comm;
	int rank;
	int size;
	int half_rank;
	int half_size;

	MPI_Init(NULL, NULL);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	if (rank == 0) {
		MPI_Comm self = MPI_COMM_SELF;
		const cohort_options options = {.mpi_comm = &self};
		CHECK(cohort_open(&options, &alone) == COHORT_OK);
		CHECK(cohort_size(alone) == 1 && sum_of_ones(alone) == 1);
	}
	MPI_Comm_split(MPI_COMM_WORLD, rank % 2, -rank, &comm);
	MPI_Comm_rank(comm, &half_rank);
	MPI_Comm_size(comm, &half_size);
	const cohort_options options = {.mpi_comm = &comm};
	CHECK(cohort_open(&options, &half) == COHORT_OK);
	MPI_Comm_free(&comm);
	CHECK(cohort_rank(half) == half_rank);
	CHECK(cohort_size(half) == half_size);
	CHECK(cohort_open(NULL, &all) == COHORT_OK);
	CHECK(sum_of_ones(half) == half_size);
	CHECK(sum_of_ones(all) == size);
	CHECK(cohort_close(all) == COHORT_OK);
	CHECK(cohort_close(half) == COHORT_OK);
	CHECK(cohort_close(alone) == COHORT_OK);
	MPI_Finalize();
	puts("communicators");
}

static void run_bad_comm(void)
{
	cohort *group = NULL;
	MPI_Comm none = MPI_COMM_NULL;
	const cohort_options options = {.backend = "mpi", .mpi_comm = &none};

	CHECK(cohort_open(&options, &group) == COHORT_ESTATE);
	MPI_Init(NULL, NULL);
	CHECK(cohort_open(&options, &group) == COHORT_ECONFIG);
	MPI_Finalize();
	puts("refused");
}

/* The launcher's variables are of another family than the program's MPI. */
static void run_contradiction(void)
{
	cohort *group = NULL;
	const cohort_status status = cohort_open(NULL, &group);

	printf("%s: %s\n", cohort_status_name(status), cohort_error());
	if (status != COHORT_EBACKEND)
		exit(1);
}

static int square(cohort_task *task)
{
	const size_t i = cohort_task_index(task);
	size_t *result = cohort_task_result(task, sizeof(*result));

	if (result)
		*result = i * i;
	return !result;
}

static void check_squares(cohort *group, const cohort_job *job, size_t tasks)
{
	cohort_results *results = NULL;
	size_t count = 0;

	CHECK(cohort_scatter(group, job, NULL, tasks) == COHORT_OK);
	CHECK(cohort_gather(group, &results) == COHORT_OK);
	const cohort_result *all = cohort_results_all(results, &count);
	CHECK(count == tasks);
	for (size_t i = 0; i < count; i++)
		CHECK(all[i].status == COHORT_OK &&
		      *(const size_t *)all[i].data == i * i);
	cohort_results_free(results);
}

/* Sweeps in a program that lets one thread call MPI. */
static void run_single(void)
{
	cohort *group = NULL;
	int level;

	MPI_Init_thread(NULL, NULL, MPI_THREAD_SINGLE, &level);
	CHECK(cohort_open(NULL, &group) == COHORT_OK);
	for (size_t tasks = 1; tasks <= 1000; tasks *= 10) {
		check_squares(group, &(cohort_job){.execute = square}, tasks);
		check_squares(group,
		              &(cohort_job){.execute = square, .isolate = true},
		              tasks);
		check_squares(
		    group,
		    &(cohort_job){.execute = square, .schedule = COHORT_GUIDED},
		    tasks);
	}
	CHECK(cohort_close(group) == COHORT_OK);
	MPI_Finalize();
	puts("all squares");
}

enum { REPORTED_TASKS = 20, REPORTS_MOST = 2 };

static unsigned long (*reports)(void);
static const char *mark; /* rank 1 has run so many tasks */
static int own_rank;

static void pause_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static int run_or_wait(cohort_task *task)
{
	static int run;

	run++;
	(void)task;
	if (own_rank == 0) {
		while (access(mark, F_OK))
			pause_ms(10);
		return 0;
	}
	pause_ms(30);
	if (run != REPORTED_TASKS)
		return 0;
	printf("rank 1 reports %lu times, at most %d\n", reports(),
	       reports() <= REPORTS_MOST ? REPORTS_MOST : INT_MAX);
	FILE *file = fopen(mark, "w");
	return !file || fclose(file);
}

/* Rank 0 is in a task, so it reads no report, and the first rank of the other node
 * must not send one after another. MARK is a file that does not exist. */
static void run_unread(void)
{
	const cohort_job job = {.execute = run_or_wait};
	cohort *group = NULL;
	int level;

	mark = getenv("MARK");
	*(void **)&reports = dlsym(RTLD_DEFAULT, "mpi_count_reports");
	MPI_Init_thread(NULL, NULL, MPI_THREAD_SINGLE, &level);
	CHECK(mark && reports);
	CHECK(cohort_open(NULL, &group) == COHORT_OK);
	own_rank = cohort_rank(group);
	CHECK(cohort_scatter(group, &job, NULL, 5 * (size_t)REPORTED_TASKS) ==
	      COHORT_OK);
	CHECK(cohort_close(group) == COHORT_OK);
	MPI_Finalize();
}

static const struct {
	const char *name;
	void (*run)(void);
} modes[] = {
    {"init", run_init},
    {"beside", run_beside},
    {"expect_backend", run_expect_backend},
    {"expect_mismatch", run_expect_mismatch},
    {"single", run_single},
    {"unread", run_unread},
    {"finalised", run_finalised},
    {"scoped", run_scoped},
    {"close_late", run_close_late},
    {"comm", run_comm},
    {"bad_comm", run_bad_comm},
    {"contradiction", run_contradiction},
};

int main(int argc, char *argv[])
{
	for (size_t i = 0; argc > 1 && i < sizeof(modes) / sizeof(*modes); i++)
		if (!strcmp(argv[1], modes[i].name)) {
			modes[i].run();
			return 0;
		}
	fprintf(stderr, "usage: mpi_own MODE\n");
	return 2;
}
