/* Results that every rank has gathered: one copy for all ranks of a machine,
 * which none of them can change, and which outlives the next sweep. */
#define _GNU_SOURCE
#include "cases.h"
#include "memory_use.h"
#include "sweep.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TASKS = 64, KIB = 1024, RESULT_BYTES = 256 * KIB };

static int fill_result(cohort_task *task)
{
	void *result = cohort_task_result(task, RESULT_BYTES);

	if (!result)
		return 1;
	memset(result, (int)(cohort_task_index(task) + 1), RESULT_BYTES);
	return 0;
}

/* Reads all of them. */
static void expect_filled(const cohort_results *results)
{
	size_t count = 0;
	const cohort_result *all = cohort_results_all(results, &count);

	EXPECT(count == TASKS, "%zu results", count);
	for (size_t i = 0; i < count; i++) {
		const unsigned char *data = all[i].data;
		EXPECT(all[i].bytes == RESULT_BYTES, "result %zu", i);
		for (size_t byte = 0; byte < all[i].bytes; byte += 1021)
			EXPECT(data[byte] == i + 1, "byte %zu of result %zu",
			       byte, i);
	}
}

static cohort_results *gather_filled(void)
{
	const cohort_job job = {.execute = fill_result};
	cohort_results *results = NULL;

	MUST(cohort_scatter(here.group, &job, sweep_params(), TASKS));
	MUST(cohort_gather(here.group, &results));
	return results;
}

static void *free_results(void *results)
{
	cohort_results_free(results);
	return NULL;
}

static bool is_mpi(void)
{
	return !strcmp(cohort_backend(here.group), "mpi");
}

/* On mpi the nodes have a copy each, on the others the ranks read each other's
 * memory. */
void case_results_once(void)
{
	const cohort_job job = {.execute = fill_result};
	cohort_results *results = NULL;
	const double copies = is_mpi() && here.size > 1 ? here.nodes : 0;
	const double one = (double)TASKS * RESULT_BYTES / KIB;
	pthread_t thread;

	MUST(cohort_scatter(here.group, &job, sweep_params(), TASKS));
	const double before = memory_of_all();
	MUST(cohort_gather(here.group, &results));
	expect_filled(results);
	const double kib = memory_of_all() - before;
	sweep_plain();
	expect_filled(results);
	EXPECT(!pthread_create(&thread, NULL, free_results, results) &&
	           !pthread_join(thread, NULL),
	       "results freed in a thread");
	if (before < 0)
		return;
	figure("results of %.0f MiB: %.0f MiB more on %d ranks", one / KIB,
	       kib / KIB, here.size);
	/* The first rank of each node has two pieces of 1 MiB, and one of the
	 * system's huge pages has 2 MiB. */
	EXPECT(SANITIZED || kib < copies * (one * 1.1 + 2 * KIB) + 5 * KIB,
	       "%.0f KiB for %.0f KiB of results", kib, one);
}

/* The last rank may write no file of this size, so its node shares no
 * memory. */
void case_results_copied(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	const struct rlimit small = {4 * KIB, limit.rlim_max};
	if (here.rank == here.size - 1)
		setrlimit(RLIMIT_FSIZE, &small);
	cohort_results *results = gather_filled();
	setrlimit(RLIMIT_FSIZE, &limit);
	expect_filled(results);
	barrier();
	cohort_results_free(results);
}

/* How a process ends that writes to memory. */
static int status_of_write(const void *memory)
{
	int status = 0;
	const pid_t child = fork();

	if (child == 0) {
		signal(SIGSEGV, SIG_DFL);
		*(volatile unsigned char *)memory = 0;
		_exit(0);
	}
	EXPECT(child > 0 && waitpid(child, &status, 0) == child, "fork");
	return status;
}

/* Results of other ranks that MPI has brought here. */
void case_results_unwritable(void)
{
	cohort_results *results = gather_filled();
	size_t count = 0;
	const cohort_result *all = cohort_results_all(results, &count);

	for (size_t i = 0; is_mpi() && i < count; i++) {
		if (all[i].rank == here.rank)
			continue;
		const int status = status_of_write(all[i].data);
		EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV,
		       "result %zu was written: status %d", i, status);
		break;
	}
	expect_filled(results);
	barrier();
	cohort_results_free(results);
}
