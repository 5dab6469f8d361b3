/* The parameter sets: one copy for all ranks of a machine, which no task can
 * change. */
#include "cases.h"
#include "memory_use.h"
#include "sweep.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { TASKS = 64, EVERY = 8, REST = 3 };

static int write_to_some(cohort_task *task)
{
	static const struct failing bad = {.every = EVERY, .rest = REST};

	task_begins(task);
	if (failing_has(&bad, cohort_task_index(task)))
		*(volatile unsigned char *)cohort_task_param(task) ^= 0xFF;
	return task_ends(task);
}

/* A task that writes to its parameter set fails, alone. */
void case_parameters_written(void)
{
	const struct failing bad = {.every = EVERY,
	                            .rest = REST,
	                            .words = SANITIZED ? "" : "signal 11",
	                            .attempts = 1};
	const cohort_job job = {.execute = write_to_some, .isolate = true};
	struct gathered gathered = sweep_run(job, TASKS);

	sweep_expect(&gathered, TASKS, &bad);
	sweep_plain();
}

static int read_all(cohort_task *task)
{
	const unsigned char *param = cohort_task_param(task);
	unsigned *sum = cohort_task_result(task, sizeof(*sum));

	for (size_t i = 0; i < 1 << 20; i += 512)
		*sum += param[i];
	return *sum != (cohort_task_index(task) + 1) % 256 * 2048;
}

/* Every rank reads all parameter sets, and together they use the memory of one
 * copy on each node, beside the program's own. */
void case_parameters_once(void)
{
	enum { MIB = 1 << 20 };
	const cohort_job job = {.execute = read_all, .param_bytes = MIB};
	unsigned char *params = NULL;
	cohort_results *results = NULL;
	double kib = 0;
	size_t count = 0;

	if (here.rank == 0) {
		params = malloc((size_t)TASKS * MIB);
		for (size_t i = 0; params && i < TASKS; i++)
			memset(params + i * MIB, (int)(i + 1), MIB);
	}
	const double before = memory_of_all();
	MUST(cohort_scatter(here.group, &job, params, TASKS));
	MUST(cohort_gather(here.group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++) {
		const unsigned char *param = all[i].param;
		for (size_t byte = 0; byte < MIB; byte += 4096)
			EXPECT(param[byte] == (i + 1) % 256, "task %zu", i);
		EXPECT(all[i].status == COHORT_OK, "task %zu failed", i);
	}
	barrier();
	kib = memory_of_all() - before;
	barrier();
	cohort_results_free(results);
	free(params);
	if (before < 0)
		return;
	figure("parameters of %d MiB: %.0f MiB on %d ranks", (int)TASKS,
	       kib / 1024, here.size);
	EXPECT(kib < 1024. * TASKS * (here.nodes + 0.3),
	       "%.0f KiB for %d MiB of parameters", kib, (int)TASKS);
}
