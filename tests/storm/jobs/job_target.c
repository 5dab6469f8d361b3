/*
 * The sweep whose ranks are killed, and that another run completes.
 *
 *	job_target STATE SEED TABLE [JOURNAL]
 *
 * Rank 0 writes into TABLE all that does not depend on which rank ran a task.
 */
#define _POSIX_C_SOURCE 200809L
#include "cohort.h"
#include "plan.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static struct plan_state *shared;

/* The attacker looks at the processes of the job before the first task. */
static int await_go(void *arg, void **state)
{
	const struct timespec pause = {0, 100000};

	(void)arg;
	(void)state;
	atomic_fetch_add(&shared->waiting, 1);
	while (atomic_load(&shared->go) == 0)
		nanosleep(&pause, NULL);
	return 0;
}

static int run_task(cohort_task *task)
{
	const size_t i = cohort_task_index(task);
	uint64_t param;
	char sentence[PLAN_SENTENCE];

	memcpy(&param, cohort_task_param(task), sizeof(param));
	atomic_fetch_add(&shared->begins[i], 1);
	atomic_fetch_add(&shared->begun, 1);
	/* A launcher may let the other ranks live for a second. */
	const struct timespec time = {0, atomic_load(&shared->killed)
	                                     ? 30000000
	                                     : (long)(param % 5 * 100000)};
	nanosleep(&time, NULL);
	if (plan_fails(param)) {
		plan_sentence(i, sentence);
		return cohort_task_fail(task, "%s", sentence);
	}
	const size_t bytes = plan_bytes(param);
	unsigned char *result = cohort_task_result(task, bytes);
	if (!result && bytes > 0)
		return -1;
	for (size_t k = 0; k < bytes; k++)
		result[k] = plan_byte(param, k);
	return 0;
}

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, cohort_error());
	exit(1);
}

static void write_table(cohort *group, const char *path)
{
	cohort_results *results;
	size_t count;

	if (cohort_gather_to_root(group, &results) != COHORT_OK)
		fail("gather");
	FILE *file = cohort_is_root(group) ? fopen(path, "w") : NULL;
	if (cohort_is_root(group) && !file)
		fail(path);
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; file && i < count; i++) {
		fprintf(file, "%zu %s '%s' %zu ", all[i].index,
		        cohort_status_name(all[i].status), all[i].error,
		        all[i].bytes);
		if (all[i].bytes > 0)
			fwrite(all[i].data, 1, all[i].bytes, file);
	}
	if (file && fclose(file))
		fail(path);
	cohort_results_free(results);
}

static void map_shared(const char *path)
{
	const int fd = open(path, O_RDWR | O_CLOEXEC);

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED,
	              fd, 0);
	if (fd < 0 || shared == MAP_FAILED) {
		perror(path);
		exit(2);
	}
	close(fd);
}

int main(int argc, char *argv[])
{
	static uint64_t params[PLAN_TASKS];
	cohort *group;

	if (argc < 4)
		return 2;
	map_shared(argv[1]);
	const struct plan plan = plan_draw(strtoull(argv[2], NULL, 10));
	if (cohort_open(NULL, &group) != COHORT_OK)
		fail("open");
	const int rank = cohort_rank(group);
	if (rank < PLAN_RANKS)
		atomic_store(&shared->pids[rank], getpid());
	for (size_t i = 0; i < PLAN_TASKS; i++)
		params[i] = plan_param(i);
	const cohort_job job = {
	    .build = await_go,
	    .execute = run_task,
	    .param_bytes = sizeof(*params),
	    .isolate = plan.isolated,
	    .journal = argv[4],
	};
	if (cohort_scatter(group, &job, params, PLAN_TASKS) != COHORT_OK)
		fail("scatter");
	if (rank == 0)
		atomic_store(&shared->over, 1);
	write_table(group, argv[3]);
	if (cohort_close(group) != COHORT_OK)
		fail("close");
	return 0;
}
