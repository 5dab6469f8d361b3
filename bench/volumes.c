/*
 * volumes TASKS PARAM_BYTES RESULT_BYTES: one sweep and its gathers. Each rank
 * prints a line for each step:
 *
 *	step rank calls sent received kib seconds cpu
 *
 * `calls` are calls of MPI, `sent` and `received` bytes in them
 * (volumes_mpi.c), and `kib` is how much more memory all ranks together use
 * after the step than before. `seconds` are those of the step, and `cpu` those
 * for which the rank had a processor. The step `before` has what they use before the
 * sweep, with the parameters of rank 0. volumes.sh makes the table of
 * docs/design.md of them.
 */
#define _GNU_SOURCE /* RTLD_DEFAULT */
#include "volumes.h"

#include "cohort.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MUST(call)                                                        \
	do {                                                              \
		if ((call) != COHORT_OK) {                                \
			fprintf(stderr, "volumes: %s\n", cohort_error()); \
			_Exit(1);                                         \
		}                                                         \
	} while (0)

static cohort *group;
static struct volumes (*counted)(void);
static struct volumes before;
static double kib_before;
static double seconds_before;
static double cpu_before;
static size_t tasks;
static size_t param_bytes;
static size_t result_bytes;

static struct volumes count_now(void)
{
	return counted ? counted() : (struct volumes){0};
}

static double seconds_of(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Memory that ranks share counts in parts, once each rank has mapped it. */
static double memory_of_all(void)
{
	FILE *file;
	char line[256];
	double kib = 0;

	MUST(cohort_barrier(group));
	file = fopen("/proc/self/smaps_rollup", "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Pss: %lf kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	MUST(cohort_allreduce(group, COHORT_IN_PLACE, &kib, 1, COHORT_DOUBLE,
	                      COHORT_SUM));
	return kib;
}

static void begin_step(void)
{
	kib_before = memory_of_all();
	MUST(cohort_barrier(group));
	before = count_now();
	seconds_before = seconds_of(CLOCK_MONOTONIC);
	cpu_before = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static void end_step(const char *step)
{
	const struct volumes now = count_now();
	const double seconds = seconds_of(CLOCK_MONOTONIC) - seconds_before;
	const double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_before;
	const double kib = memory_of_all() - kib_before;

	printf("%s %d %llu %llu %llu %.0f %.3f %.3f\n", step,
	       cohort_rank(group),
	       (unsigned long long)(now.calls - before.calls),
	       (unsigned long long)(now.sent - before.sent),
	       (unsigned long long)(now.received - before.received), kib,
	       seconds, cpu);
	fflush(stdout);
}

/* Memory counts only where a process has touched it, so each rank's first task
 * reads all parameter sets: they lie one after another. */
static int execute(cohort_task *task)
{
	static size_t read;
	const size_t index = cohort_task_index(task);
	const unsigned char *params = cohort_task_param(task);
	void *result = cohort_task_result(task, result_bytes);

	if (result)
		memset(result, 1, result_bytes);
	params -= index * param_bytes;
	for (; read < tasks * param_bytes; read += 512)
		if (params[read] != 1)
			return -1;
	return 0;
}

static void gather(const char *step,
                   cohort_status call(cohort *, size_t, cohort_results **))
{
	cohort_results *results = NULL;

	begin_step();
	MUST(call(group, sizeof(cohort_result), &results));
	end_step(step);
	cohort_results_free(results);
}

static int take_result(void *arg, const cohort_result *result)
{
	(void)arg;
	return result->status != COHORT_OK;
}

/* The same sweep, whose results come while it runs. */
static void deliver(cohort_job job, const void *params)
{
	job.on_result = take_result;
	begin_step();
	MUST(cohort_scatter(group, &job, params, tasks));
	end_step("deliver");
}

static void read_all(void)
{
	cohort_results *results = NULL;
	size_t count = 0;

	MUST(cohort_gather_to_root(group, &results));
	begin_step();
	if (cohort_is_root(group) && !cohort_results_all(results, &count))
		_Exit(1);
	end_step("read");
	cohort_results_free(results);
}

int main(int argc, char *argv[])
{
	if (argc < 4) {
		fprintf(stderr, "usage: volumes TASKS PARAM_BYTES "
		                "RESULT_BYTES\n");
		return 2;
	}
	param_bytes = strtoul(argv[2], NULL, 10);
	const cohort_job job = {.execute = execute,
	                        .schedule = COHORT_STATIC,
	                        .param_bytes = param_bytes};
	unsigned char *params = NULL;

	result_bytes = strtoul(argv[3], NULL, 10);
	*(void **)&counted = dlsym(RTLD_DEFAULT, "volumes_counted");
	MUST(cohort_open(NULL, &group));
	if (cohort_is_root(group)) {
		const size_t bytes = strtoul(argv[1], NULL, 10) * param_bytes;
		params = malloc(bytes + 1);
		if (!params)
			return 1;
		memset(params, 1, bytes);
	}
	/* What is created once. */
	MUST(cohort_scatter(group, &job, params, 1));
	tasks = strtoul(argv[1], NULL, 10);
	begin_step();
	MUST(cohort_barrier(group));
	end_step("barrier");
	begin_step();
	printf("before %d 0 0 0 %.0f 0 0\n", cohort_rank(group), kib_before);
	MUST(cohort_scatter(group, &job, params, tasks));
	end_step("scatter");
	gather("to_root", cohort_gather_to_root_sized);
	gather("gather", cohort_gather_sized);
	read_all();
	deliver(job, params);
	free(params);
	MUST(cohort_close(group));
	return 0;
}
