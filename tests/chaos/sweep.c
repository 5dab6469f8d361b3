/*
 * The sweep whose processes are killed.
 *
 *   chaos_sweep COUNT SHARED TABLE [JOURNAL]
 *
 * Rank 0 writes into TABLE all that does not depend on which rank ran a task.
 */
#define _GNU_SOURCE
#include "cohort.h"
#include "shared_state.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static struct shared_state *shared;
static int rank;

/* splitmix64 */
static uint64_t mixed(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* Many results are small, and some are large. */
static size_t bytes_of(uint64_t param)
{
	return param % 61 == 0 ? param % 50000 : param % 300;
}

static int execute(cohort_task *task)
{
	uint64_t param;

	atomic_store(&shared->ranks[rank].child, getpid());
	atomic_fetch_add(&shared->begun, 1);
	memcpy(&param, cohort_task_param(task), sizeof(param));
	const struct timespec time = {0, (long)(param % 7 * 60000)};
	if (time.tv_nsec > 0)
		nanosleep(&time, NULL);
	if (param % 41 == 0)
		return cohort_task_fail(task, "task %zu has no luck",
		                        cohort_task_index(task));
	const size_t bytes = bytes_of(param);
	unsigned char *result = cohort_task_result(task, bytes);
	if (!result && bytes > 0)
		return -1;
	for (size_t i = 0; i < bytes; i++)
		result[i] = (unsigned char)mixed(param + i);
	return 0;
}

static _Noreturn void fail(const char *what)
{
	fprintf(stderr, "rank %d: %s: %s\n", rank, what, cohort_error());
	exit(1);
}

static void write_table(cohort *group, const char *path)
{
	cohort_results *results;
	size_t count;

	if (cohort_gather_to_root(group, &results) != COHORT_OK)
		fail("gather");
	FILE *file = rank == 0 ? fopen(path, "w") : NULL;
	if (rank == 0 && !file)
		fail(path);
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; file && i < count; i++) {
		uint64_t param;
		memcpy(&param, all[i].param, sizeof(param));
		fprintf(file, "%zu %s %s %llx %zu\n", all[i].index,
		        cohort_status_name(all[i].status), all[i].error,
		        (unsigned long long)param, all[i].bytes);
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
		exit(1);
	}
	close(fd);
}

int main(int argc, char *argv[])
{
	cohort *group;

	if (argc < 4) {
		fprintf(stderr, "usage: %s count shared table [journal]\n",
		        argv[0]);
		return 2;
	}
	map_shared(argv[2]);
	if (cohort_open(NULL, &group) != COHORT_OK)
		fail("open");
	rank = cohort_rank(group);
	atomic_store(&shared->ranks[rank].pid, getpid());

	const size_t count = (size_t)atoi(argv[1]);
	uint64_t *params = malloc(count * sizeof(*params));
	for (size_t i = 0; params && i < count; i++)
		params[i] = mixed(i);
	const char *isolate = getenv("COHORT_ISOLATE");
	const bool isolated = isolate && !strcmp(isolate, "1");
	const cohort_job job = {
	    .execute = execute,
	    .param_bytes = sizeof(*params),
	    /* No task fails because its process was killed. */
	    .retries = isolated ? 1000000 : 0,
	    .journal = argv[4],
	};
	if (cohort_stop_on_signals(group) != COHORT_OK)
		fail("stop_on_signals");
	cohort_status status = cohort_scatter(group, &job, params, count);
	free(params);
	if (status == COHORT_ESTOPPED) {
		status = cohort_close(group);
		return 128 + SIGTERM;
	}
	if (status != COHORT_OK)
		fail("scatter");
	if (rank == 0)
		atomic_store(&shared->over, 1);
	write_table(group, argv[3]);
	if (cohort_close(group) != COHORT_OK)
		fail("close");
	return 0;
}
