/* The end of a job in which not all ranks come to their end. */
#define _POSIX_C_SOURCE 200809L
#include "mpi_ends.h"

#include "clock.h"
#include "mpi_ranks.h"

#include <string.h>
#include <unistd.h>

static int own_rank;
static cohort *swept;

static int abort_on_rank_1(cohort_task *task)
{
	(void)task;
	/* The thread that calls MPI is in it by then. */
	nap(0.3);
	if (own_rank == 1)
		cohort_abort(swept, 37);
	return 0;
}

static int rank_0_stays(cohort_task *task)
{
	(void)task;
	if (own_rank == 0)
		sleep(600);
	return 0;
}

/* Rank 1 ends the job while another thread of it is held in MPI. */
int run_abort_in_task(char *arguments[])
{
	const cohort_job job = {.execute = abort_on_rank_1};

	(void)arguments;
	swept = open_group();
	own_rank = cohort_rank(swept);
	CHECK(cohort_scatter(swept, &job, NULL, 1000) == COHORT_OK);
	return 1;
}

/* Seconds of a processor that a process has used. */
static double seconds_used(int process)
{
	char path[64];
	char line[1024] = "";
	unsigned long long user = 0;
	unsigned long long system = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", process);
	FILE *file = fopen(path, "r");
	CHECK(file && fgets(line, sizeof(line), file));
	fclose(file);
	CHECK(sscanf(strrchr(line, ')'),
	             ") %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %llu",
	             &user, &system) == 2);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/* Rank 0 works on after the close, and the others wait for it in their exit handlers:
 * asleep. */
int run_ends_last(char *arguments[])
{
	cohort *group = open_group();
	const bool is_last = cohort_is_root(group);
	int32_t processes[8];
	const int32_t own = getpid();

	(void)arguments;
	CHECK(cohort_size(group) <= 8);
	const size_t counts[8] = {1, 1, 1, 1, 1, 1, 1, 1};
	CHECK(cohort_allgatherv(group, &own, 1, processes, counts,
	                        COHORT_INT32) == COHORT_OK);
	CHECK(cohort_close(group) == COHORT_OK);
	if (!is_last)
		return 0;
	nap(0.3);
	const double used = seconds_used(processes[1]);
	nap(1);
	const double more = seconds_used(processes[1]) - used;
	printf("rank 1 has used %.2f s in one second\n", more);
	CHECK(more < 0.3);
	return 0;
}

/* Rank 0 stays, in a task or behind the close. The others wait for it, and tell their
 * processes before: arguments[0] is `task`, `collective` or `end`. */
int run_outlives(char *arguments[])
{
	const cohort_job job = {.execute = rank_0_stays};
	const char *where = arguments[0];
	cohort *group = open_group();
	const bool stays = cohort_is_root(group);

	own_rank = cohort_rank(group);
	CHECK(cohort_barrier(group) == COHORT_OK);
	printf("rank %d is process %d\n", own_rank, (int)getpid());
	if (!strcmp(where, "task"))
		return cohort_scatter(group, &job, NULL, 2) != COHORT_OK;
	if (!strcmp(where, "end"))
		CHECK(cohort_close(group) == COHORT_OK);
	if (stays)
		sleep(600);
	return strcmp(where, "end") && cohort_barrier(group) != COHORT_OK;
}
