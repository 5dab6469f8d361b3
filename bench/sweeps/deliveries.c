/*
 * Results as they come, job.on_result.
 *
 *	--part cost   --count empty tasks in each of --rounds rounds, in four
 *	              ways by turns. Prints the way, and nanoseconds for each
 *	              task: of the sweep, of the processors of all ranks and
 *	              their children, and, where rank 0 runs no task, of those
 *	              of the other ranks and their children
 *	--part waits  the time from the end of each task of a table to its
 *	              on_result, while rank 0 has no tasks and waits
 *	--part works  the same while rank 0 runs tasks, too
 *	--part memory the most memory that each rank has used, and the most of a
 *	              child of it, in a sweep of --count tasks with results of
 *	              --bytes bytes, ordered and discarded. Each rank prints
 *	              its number and both, in KiB. It includes the program, its
 *	              libraries, and what the rank shares with others.
 *	              With --journal the sweep goes on with that one, or makes
 *	              it. With --first N the tasks have parameter sets, which are
 *	              the numbers of 4 bytes from N on
 *
 * `waits` and `works` print the number of results, the sum of their values, and then
 * microseconds for each result, one a line.
 */
#define _DEFAULT_SOURCE /* ru_maxrss */
#include "../machine.h"
#include "kernel.h"
#include "table.h"

#include <cohort.h>
#include <popt.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static cohort *group;
static size_t delivered;
static double values;
static double *latencies; /* seconds, in the order of the calls */

/* What a task returns. */
struct timed_result {
	struct kernel_result kernel;
	double end; /* by machine_seconds, which all processes share */
};

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	fprintf(stderr, "%s: %s\n", cohort_status_name(status), cohort_error());
	cohort_abort(group, EXIT_FAILURE);
}

static int execute_empty(cohort_task *task)
{
	(void)task;
	return 0;
}

static int count_result(void *arg, const cohort_result *result)
{
	(void)arg;
	delivered += result->status == COHORT_OK;
	return 0;
}

static double scatter(const cohort_job *job, const void *params, size_t count)
{
	check(cohort_barrier(group));
	const double start = machine_seconds();
	check(cohort_scatter(group, job, params, count));
	return machine_seconds() - start;
}

/* Of this rank and of its children that have ended. */
static double own_seconds(void)
{
	double seconds = 0;

	for (int i = 0; i < 2; i++) {
		struct rusage usage;
		getrusage(i ? RUSAGE_CHILDREN : RUSAGE_SELF, &usage);
		seconds += (double)usage.ru_utime.tv_sec +
		           (double)usage.ru_stime.tv_sec +
		           1e-6 * (double)usage.ru_utime.tv_usec +
		           1e-6 * (double)usage.ru_stime.tv_usec;
	}
	return seconds;
}

/* Of all ranks. */
static double sum_of(double seconds)
{
	check(cohort_allreduce(group, COHORT_IN_PLACE, &seconds, 1,
	                       COHORT_DOUBLE, COHORT_SUM));
	return seconds;
}

static const struct way {
	const char *name;
	bool delivers, ordered, discard;
} ways[] = {{"plain", false, false, false},
            {"on_result", true, false, false},
            {"ordered", true, true, false},
            {"discard", true, true, true}};
enum { WAYS = sizeof(ways) / sizeof(*ways) };

/* Seconds of the sweep; `used` receives those of this rank's processor. */
static double sweep_in_way(const struct way *way, size_t count, bool idle_root,
                           double *used)
{
	const cohort_job job = {
	    .execute = execute_empty,
	    .on_result = way->delivers ? count_result : NULL,
	    .ordered = way->ordered,
	    .discard = way->discard,
	    .idle_root = idle_root,
	};
	delivered = 0;
	const double before = own_seconds();
	const double seconds = scatter(&job, NULL, count);
	*used = own_seconds() - before;
	if (cohort_is_root(group) && delivered != (way->delivers ? count : 0)) {
		fprintf(stderr, "%zu results of %zu\n", delivered, count);
		cohort_abort(group, EXIT_FAILURE);
	}
	return seconds;
}

static void time_cost(size_t count, int rounds)
{
	const double tasks = (double)count;

	for (int i = 0; i < rounds * WAYS; i++) {
		const struct way *way = &ways[i % WAYS];
		double used;
		double by_others;
		const double seconds = sweep_in_way(way, count, false, &used);
		const double used_by_all = sum_of(used);
		sweep_in_way(way, count, true, &by_others);
		by_others = sum_of(cohort_is_root(group) ? 0 : by_others);
		if (cohort_is_root(group))
			printf("%s %.3f %.3f %.3f\n", way->name,
			       seconds * 1e9 / tasks, used_by_all * 1e9 / tasks,
			       by_others * 1e9 / tasks);
	}
}

static size_t result_bytes;
static long first_set = -1; /* -1: sets without bytes */

static int execute_filled(cohort_task *task)
{
	const size_t index = first_set < 0
	                         ? cohort_task_index(task)
	                         : *(const uint32_t *)cohort_task_param(task);
	unsigned char *result = cohort_task_result(task, result_bytes);

	if (!result)
		return -1;
	memset(result, (int)(index % 251), result_bytes);
	return 0;
}

static int look_at_next(void *arg, const cohort_result *result)
{
	const unsigned char *data = result->data;
	const size_t set = delivered + (first_set < 0 ? 0 : (size_t)first_set);
	const unsigned char filled = (unsigned char)(set % 251);

	(void)arg;
	if (result->status != COHORT_OK || result->index != delivered ||
	    result->bytes != result_bytes || data[0] != filled ||
	    data[result_bytes - 1] != filled)
		return -1;
	delivered++;
	return 0;
}

/* Rank 0 has them. */
static uint32_t *make_sets(size_t count)
{
	uint32_t *sets = calloc(count, sizeof(*sets));

	if (!sets)
		cohort_abort(group, EXIT_FAILURE);
	for (size_t i = 0; i < count; i++)
		sets[i] = (uint32_t)((size_t)first_set + i);
	return sets;
}

static void measure_memory(size_t count, int isolate, const char *journal)
{
	const bool has_sets = first_set >= 0;
	const cohort_job job = {
	    .execute = execute_filled,
	    .on_result = look_at_next,
	    .ordered = true,
	    .discard = true,
	    .isolate = isolate != 0,
	    .journal = journal,
	    .param_bytes = has_sets ? sizeof(uint32_t) : 0,
	};
	uint32_t *sets =
	    has_sets && cohort_is_root(group) ? make_sets(count) : NULL;
	struct rusage own;
	struct rusage children;

	scatter(&job, sets, count);
	free(sets);
	if (cohort_is_root(group) && delivered != count) {
		fprintf(stderr, "%zu results of %zu\n", delivered, count);
		cohort_abort(group, EXIT_FAILURE);
	}
	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	printf("%d %ld %ld\n", cohort_rank(group), own.ru_maxrss,
	       isolate ? children.ru_maxrss : 0);
}

static int build_on_others(void *arg, void **state)
{
	(void)arg;
	(void)state;
	return cohort_is_root(group);
}

static int execute_timed(cohort_task *task)
{
	const long *steps = cohort_task_param(task);
	struct timed_result *result = cohort_task_result(task, sizeof(*result));

	if (!result)
		return -1;
	kernel_run(*steps, &result->kernel);
	result->end = machine_seconds();
	return 0;
}

static int note_latency(void *arg, const cohort_result *result)
{
	const double now = machine_seconds();
	const struct timed_result *timed = result->data;

	(void)arg;
	if (result->status != COHORT_OK)
		return -1;
	latencies[delivered++] = now - timed->end;
	values += timed->kernel.value;
	return 0;
}

static void time_latency(const char *table, bool waits, int isolate)
{
	const cohort_job job = {
	    .build = waits ? build_on_others : NULL,
	    .execute = execute_timed,
	    .param_bytes = sizeof(long),
	    .isolate = isolate != 0,
	    .on_result = note_latency,
	};
	size_t count = 0;
	long *steps = cohort_is_root(group) ? table_read(table, &count) : NULL;

	latencies = malloc((count + 1) * sizeof(*latencies));
	if (!latencies || (cohort_is_root(group) && !steps)) {
		fprintf(stderr, "%s: cannot be read into memory\n", table);
		cohort_abort(group, EXIT_FAILURE);
	}
	scatter(&job, steps, count);
	if (cohort_is_root(group))
		printf("%zu %.0f\n", delivered, values);
	for (size_t i = 0; i < delivered; i++)
		printf("%.3f\n", latencies[i] * 1e6);
	free(latencies);
	free(steps);
}

int main(int argc, char **argv)
{
	char *part = NULL;
	char *table = NULL;
	char *journal = NULL;
	long count = 1000 * 1000;
	int rounds = 1;
	int isolate = 0;
	long bytes = 1000;
	const struct poptOption options[] = {
	    {"part", 'p', POPT_ARG_STRING, &part, 0,
	     "cost, waits, works or memory", "NAME"},
	    {"table", 't', POPT_ARG_STRING, &table, 0,
	     "waits, works: steps of each task, one a line", "FILE"},
	    {"journal", 'j', POPT_ARG_STRING, &journal, 0, "memory: its folder",
	     "FOLDER"},
	    {"first", 'f', POPT_ARG_LONG, &first_set, 0,
	     "memory: the first parameter set", "NUMBER"},
	    {"isolate", 'i', POPT_ARG_NONE, &isolate, 0,
	     "run the tasks in child processes", NULL},
	    {"bytes", 'b', POPT_ARG_LONG | POPT_ARGFLAG_SHOW_DEFAULT, &bytes, 0,
	     "memory: of each result", "NUMBER"},
	    {"count", 'n', POPT_ARG_LONG | POPT_ARGFLAG_SHOW_DEFAULT, &count, 0,
	     "cost, memory: tasks", "NUMBER"},
	    {"rounds", 'r', POPT_ARG_INT | POPT_ARGFLAG_SHOW_DEFAULT, &rounds,
	     0, "cost: rounds", "NUMBER"},
	    POPT_AUTOHELP POPT_TABLEEND};
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, options, 0);
	const int code = poptGetNextOpt(context);
	const bool costs = part && !strcmp(part, "cost");
	const bool memory = part && !strcmp(part, "memory");
	const bool waits = part && !strcmp(part, "waits");

	if (code < -1 || poptPeekArg(context) || count < 1 || rounds < 1 ||
	    bytes < 1 || !part ||
	    !(costs || memory ||
	      (table && (waits || !strcmp(part, "works"))))) {
		fprintf(stderr, "%s: that cannot be; try --help\n", argv[0]);
		return EXIT_FAILURE;
	}
	poptFreeContext(context);
	result_bytes = (size_t)bytes;
	check(cohort_open(NULL, &group));
	if (costs)
		time_cost((size_t)count, rounds);
	else if (memory)
		measure_memory((size_t)count, isolate, journal);
	else
		time_latency(table, waits, isolate);
	check(cohort_close(group));
	free(part);
	free(table);
	free(journal);
	return EXIT_SUCCESS;
}
