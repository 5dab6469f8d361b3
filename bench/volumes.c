/*
 * volumes TASKS PARAM_BYTES RESULT_BYTES [JOURNAL]: one sweep and its gathers; one whose
 * results come while it runs; and one with the dynamic schedule. With COHORT_TIMEOUT
 * before that the step `late`, a barrier to which a rank comes late. With JOURNAL, a folder,
 * instead a sweep with that journal: the step `resumed`. Each rank prints a line for each
 * step:
 *
 *	step rank calls sent received kib seconds cpu [messages bytes]...
 *
 * `calls` are calls of MPI, `sent` and `received` bytes in them
 * (volumes_mpi.c), and `kib` is how much more memory all ranks together use
 * after the step than before. `seconds` are those of the step, and `cpu` those
 * for which the rank had a processor. At the end are what it has sent of each
 * volumes_kind. The step `before` has what they use before the
 * sweep, with the parameters of rank 0. volumes.sh makes the table of
 * docs/design.md of them.
 *
 * volumes alone: what the processes of an MPI program use that has only initialised MPI,
 * in KiB. volumes_mpi.c has to be preloaded.
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
static double memory_of_rank(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	double kib = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Pss: %lf kB", &kib) == 1)
			break;
	if (file)
		fclose(file);
	return kib;
}

static double memory_of_all(void)
{
	MUST(cohort_barrier(group));
	double kib = memory_of_rank();
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

	char kinds[200] = "";
	for (int i = 0, used = 0; i < VOLUMES_KINDS; i++)
		used += snprintf(kinds + used, sizeof(kinds) - (size_t)used,
		                 " %llu %llu",
		                 (unsigned long long)(now.kinds[i].messages -
		                                      before.kinds[i].messages),
		                 (unsigned long long)(now.kinds[i].bytes -
		                                      before.kinds[i].bytes));
	/* At once: a launcher mixes what ranks write in several pieces. */
	printf("%s %d %llu %llu %llu %.0f %.3f %.3f%s\n", step,
	       cohort_rank(group),
	       (unsigned long long)(now.calls - before.calls),
	       (unsigned long long)(now.sent - before.sent),
	       (unsigned long long)(now.received - before.received), kib,
	       seconds, cpu, kinds);
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

static void sweep(const char *step, const cohort_job *job, const void *params)
{
	begin_step();
	MUST(cohort_scatter(group, job, params, tasks));
	end_step(step);
}

static void sweep_in_other_ways(cohort_job job, const void *params)
{
	cohort_job delivering = job;

	delivering.on_result = take_result;
	sweep("deliver", &delivering, params);
	job.schedule = COHORT_DYNAMIC;
	sweep("dynamic", &job, params);
}

static void sweep_with_journal(cohort_job job, const void *params,
                               const char *journal)
{
	job.journal = journal;
	sweep("resumed", &job, params);
}

/* A barrier to which the last rank comes after seven tenths of the timeout. */
static void come_late(double timeout)
{
	const double seconds = 0.7 * timeout;

	begin_step();
	if (cohort_rank(group) == cohort_size(group) - 1)
		nanosleep(
		    &(struct timespec){
		        (time_t)seconds,
		        (long)((seconds - (double)(time_t)seconds) * 1e9)},
		    NULL);
	MUST(cohort_barrier(group));
	end_step("late");
}

static void measure_all(const cohort_job *job, const void *params)
{
	begin_step();
	MUST(cohort_barrier(group));
	end_step("barrier");
	if (getenv("COHORT_TIMEOUT"))
		come_late(strtod(getenv("COHORT_TIMEOUT"), NULL));
	printf("before %d 0 0 0 %.0f 0 0 0 0 0 0 0 0 0 0\n", cohort_rank(group),
	       memory_of_all());
	sweep("scatter", job, params);
	gather("to_root", cohort_gather_to_root_sized);
	gather("gather", cohort_gather_sized);
	read_all();
	sweep_in_other_ways(*job, params);
}

static int measure_alone(void)
{
	void (*alone)(double (*memory)(void)) = NULL;

	*(void **)&alone = dlsym(RTLD_DEFAULT, "volumes_alone");
	if (!alone)
		return 2;
	alone(memory_of_rank);
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc == 2 && !strcmp(argv[1], "alone"))
		return measure_alone();
	if (argc < 4) {
		fprintf(stderr, "usage: volumes TASKS PARAM_BYTES "
		                "RESULT_BYTES [JOURNAL], or volumes alone\n");
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
	if (argc > 4)
		sweep_with_journal(job, params, argv[4]);
	else
		measure_all(&job, params);
	free(params);
	MUST(cohort_close(group));
	return 0;
}
