/* Results that are read by several threads and by a copy of the process at once.
 * They take memory when they are read, and not when they are gathered. */
#include "cases.h"
#include "memory_use.h"
#include "sweep.h"

#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TASKS = 200000, THREADS = 4 };

static int note_index(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	uint32_t *result = cohort_task_result(task, sizeof(*result));

	*result = (uint32_t)index;
	return 0;
}

/* Whether the lists are what they should be. */
static bool are_right(const cohort_results *results)
{
	size_t count = 0;
	size_t own = 0;
	const cohort_result *all = cohort_results_all(results, &count);
	const cohort_result *local = cohort_results_local(results, &own);
	bool right = count == TASKS;

	for (size_t i = 0; i < count; i++)
		right &= all[i].index == i && all[i].status == COHORT_OK &&
		         *(const uint32_t *)all[i].data == i;
	for (size_t i = 0; i < own; i++)
		right &= local[i].rank == here.rank &&
		         (i == 0 || local[i - 1].index < local[i].index) &&
		         local[i].data == all[local[i].index].data;
	return right;
}

static void *read_results(void *results)
{
	return are_right(results) ? results : NULL;
}

static void read_in_threads(cohort_results *results)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		EXPECT(
		    !pthread_create(&threads[i], NULL, read_results, results),
		    "pthread_create");
	for (int i = 0; i < THREADS; i++) {
		void *right = NULL;
		EXPECT(!pthread_join(threads[i], &right), "pthread_join");
		EXPECT(right, "thread %d read wrong results", i);
	}
}

static void read_in_copy(const cohort_results *results)
{
	int status = 1;
	const pid_t copy = fork();

	if (copy == 0)
		_exit(are_right(results) ? 0 : 1);
	EXPECT(copy > 0 && waitpid(copy, &status, 0) == copy && status == 0,
	       "a copy of the process read wrong results");
}

void case_results_read(void)
{
	const cohort_job job = {.execute = note_index};
	const double list_kib = (double)TASKS * sizeof(cohort_result) / 1024;
	/* Elsewhere records are sent to all ranks. */
	const bool in_place = strcmp(cohort_backend(here.group), "mpi") != 0;
	cohort_results *results = NULL;

	MUST(cohort_scatter(here.group, &job, NULL, TASKS));
	const double before = memory_of_all();
	MUST(cohort_gather(here.group, &results));
	const double gathered = memory_of_all() - before;
	figure("a gather of %.0f KiB of results on %d ranks: %.0f KiB",
	       list_kib, here.size, gathered);
	EXPECT(before < 0 || !in_place || SANITIZED || gathered < list_kib / 4,
	       "%.0f KiB more for %.0f KiB of results", gathered, list_kib);
	read_in_copy(results);
	read_in_threads(results);
	cohort_results_free(results);
	barrier();
}
