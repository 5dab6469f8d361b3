/*
 * The cost of a sweep itself, over cohort only:
 *
 *	task         an empty task: seconds of a scatter over their number
 *	task+gather  the same with all results gathered on every rank
 *	sets         an empty task with a parameter set of 1000 bytes, with
 *	             cohort_scatter; a tenth as many
 *	objects      the same with cohort_scatter_objects
 *	processor    an empty task: processor time of the slowest rank and of its
 *	             children, over the number of its tasks
 *	isolated     the same for isolated tasks
 *	journaled    the same as `processor` with a journal, if one is asked
 *	             for; a tenth as many
 *	sum          cohort_sum, as many values on each rank: seconds of the
 *	             slowest rank's processor over their number
 *	loop         the same for a plain loop that adds these values
 *	skew         tasks of very different length: how long the scatter took,
 *	             over what it had to take, max(all / ranks, longest); this
 *	             is a ratio, and no time
 *
 * The form is that of bench/main.c; bytes are the number of tasks.
 */
#define _POSIX_C_SOURCE 200809L
#include "machine.h"

#include <cohort.h>
#include <popt.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { SKEWED = 1000, LONG_EVERY = 50 };

static cohort *group;
static char *contender = "cohort";
static int launch = 1;

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

static int execute_spin(cohort_task *task)
{
	const double *seconds = cohort_task_param(task);
	const double start = machine_seconds();

	while (machine_seconds() - start < *seconds)
		;
	return 0;
}

static void print_row(const char *name, size_t count, double values[], int n)
{
	if (cohort_is_root(group))
		printf("%s,%d,%d,%s,%zu,%.6f\n", contender, launch,
		       cohort_size(group), name, count,
		       machine_summary(values, (size_t)n).median);
}

static double slowest(double seconds)
{
	check(cohort_allreduce(group, COHORT_IN_PLACE, &seconds, 1,
	                       COHORT_DOUBLE, COHORT_MAX));
	return seconds;
}

static void look(const cohort_results *results, size_t wanted)
{
	size_t count;
	const cohort_result *all = cohort_results_all(results, &count);
	size_t bad = count != wanted;

	for (size_t i = 0; i < count; i++)
		bad += all[i].status != COHORT_OK || all[i].index != i;
	if (bad == 0)
		return;
	fprintf(stderr, "of %zu tasks, %zu results came\n", wanted, count);
	cohort_abort(group, EXIT_FAILURE);
}

static double scatter(const cohort_job *job, const void *params, size_t count)
{
	check(cohort_barrier(group));
	const double start = machine_seconds();
	check(cohort_scatter(group, job, params, count));
	return slowest(machine_seconds() - start);
}

static double gather(size_t count)
{
	cohort_results *results;

	check(cohort_barrier(group));
	const double start = machine_seconds();
	check(cohort_gather(group, &results));
	const double seconds = slowest(machine_seconds() - start);
	look(results, count);
	cohort_results_free(results);
	return seconds;
}

enum { ROUNDS_MOST = 100 };

static void time_empty(size_t count, int rounds)
{
	const cohort_job job = {.execute = execute_empty,
	                        .schedule = COHORT_DYNAMIC};
	double alone[ROUNDS_MOST];
	double both[ROUNDS_MOST];

	for (int i = 0; i < rounds; i++) {
		alone[i] = scatter(&job, NULL, count) * 1e6 / (double)count;
		both[i] = alone[i] + gather(count) * 1e6 / (double)count;
	}
	print_row("task", count, alone, rounds);
	print_row("task+gather", count, both, rounds);
}

enum { SET_BYTES = 1000 };

/* The two calls take turns. */
static void time_sets(size_t count, int rounds)
{
	const cohort_job job = {.execute = execute_empty};
	cohort_job sized = job;
	unsigned char *sets = calloc(count, SET_BYTES);
	cohort_blob *objects = malloc(count * sizeof(*objects));
	double alike[ROUNDS_MOST];
	double differing[ROUNDS_MOST];

	if (!sets || !objects)
		cohort_abort(group, EXIT_FAILURE);
	for (size_t i = 0; i < count; i++)
		objects[i] = (cohort_blob){sets + i * SET_BYTES, SET_BYTES};
	sized.param_bytes = SET_BYTES;
	for (int i = 0; i < rounds; i++) {
		alike[i] = scatter(&sized, sets, count) * 1e6 / (double)count;
		check(cohort_barrier(group));
		const double start = machine_seconds();
		check(cohort_scatter_objects(group, &job, objects, count));
		differing[i] =
		    slowest(machine_seconds() - start) * 1e6 / (double)count;
	}
	print_row("sets", count, alike, rounds);
	print_row("objects", count, differing, rounds);
	free(objects);
	free(sets);
}

/* Of both signs, and of sizes from 2^-40 to 2^40. */
static double *make_values(size_t count)
{
	double *values = malloc(count * sizeof(*values));
	unsigned long long state = 1;

	for (size_t i = 0; values && i < count; i++) {
		state = state * 6364136223846793005 + 1442695040888963407;
		values[i] = ldexp((double)(long long)state,
		                  (int)(state >> 40) % 81 - 103);
	}
	return values;
}

static double processor_seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double used_seconds(int who)
{
	struct rusage usage;

	getrusage(who, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* A machine that is busy hardly changes it. */
static double used_by_scatter(const cohort_job *job, size_t count)
{
	const double start =
	    used_seconds(RUSAGE_SELF) + used_seconds(RUSAGE_CHILDREN);

	check(cohort_scatter(group, job, NULL, count));
	const double end =
	    used_seconds(RUSAGE_SELF) + used_seconds(RUSAGE_CHILDREN);
	return slowest(end - start) * 1e6 * cohort_size(group) / (double)count;
}

static void time_isolated(size_t count, int rounds)
{
	const cohort_job own = {.execute = execute_empty, .not_isolated = true};
	const cohort_job isolated = {.execute = execute_empty, .isolate = true};
	double alone[ROUNDS_MOST];
	double apart[ROUNDS_MOST];

	for (int i = 0; i < rounds; i++) {
		alone[i] = used_by_scatter(&own, count);
		apart[i] = used_by_scatter(&isolated, count);
	}
	print_row("processor", count, alone, rounds);
	print_row("isolated", count, apart, rounds);
}

/* Each sweep makes a journal: FOLDER-0, FOLDER-1 and so on. */
static void time_journaled(const char *folder, size_t count, int rounds)
{
	char path[4096];
	const cohort_job job = {
	    .execute = execute_empty, .not_isolated = true, .journal = path};
	double times[ROUNDS_MOST];

	for (int i = 0; i < rounds; i++) {
		snprintf(path, sizeof(path), "%s-%d", folder, i);
		times[i] = used_by_scatter(&job, count);
	}
	print_row("journaled", count, times, rounds);
}

static double add_in_loop(const double values[], size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum;
}

static void time_sum(size_t count, int rounds)
{
	double *values = make_values(count);
	double exact[ROUNDS_MOST];
	double plain[ROUNDS_MOST];
	double sum;

	if (!values)
		cohort_abort(group, EXIT_FAILURE);
	for (int i = 0; i < rounds; i++) {
		check(cohort_barrier(group));
		double start = processor_seconds();
		check(cohort_sum(group, values, count, &sum));
		exact[i] =
		    slowest(processor_seconds() - start) * 1e6 / (double)count;
		start = processor_seconds();
		const volatile double added = add_in_loop(values, count);
		(void)added;
		plain[i] =
		    slowest(processor_seconds() - start) * 1e6 / (double)count;
	}
	print_row("sum", count, exact, rounds);
	print_row("loop", count, plain, rounds);
	free(values);
}

/* Most are short, and one in fifty is forty times as long; where they stand
 * is settled, and tells nothing. */
static void time_skewed(double unit)
{
	const cohort_job job = {.execute = execute_spin,
	                        .param_bytes = sizeof(double),
	                        .schedule = COHORT_DYNAMIC};
	double seconds[SKEWED];
	double total = 0;
	double longest = 0;

	for (size_t i = 0; i < SKEWED; i++) {
		const size_t mixed = i * 7919 % SKEWED;
		const double spread = (double)(mixed % 7 + 1);
		seconds[i] = unit * (mixed % LONG_EVERY ? spread : 40);
		total += seconds[i];
		longest = fmax(longest, seconds[i]);
	}
	/* The sweep before this one is released here: it may have been large. */
	scatter(&job, seconds, 1);
	const double taken = scatter(&job, seconds, SKEWED);
	double ratio = taken / fmax(total / cohort_size(group), longest);
	print_row("skew", SKEWED, &ratio, 1);
}

int main(int argc, char **argv)
{
	long count = 1000 * 1000;
	int rounds = 3;
	char *journal = NULL;
	const struct poptOption table[] = {
	    {"contender", 'c', POPT_ARG_STRING, &contender, 0,
	     "the first column", "NAME"},
	    {"launch", 'l', POPT_ARG_INT, &launch, 0, "the second column",
	     "NUMBER"},
	    {"count", 'n', POPT_ARG_LONG | POPT_ARGFLAG_SHOW_DEFAULT, &count, 0,
	     "empty tasks", "NUMBER"},
	    {"rounds", 'r', POPT_ARG_INT | POPT_ARGFLAG_SHOW_DEFAULT, &rounds,
	     0, "sweeps of them, up to 100", "NUMBER"},
	    {"journal", 'j', POPT_ARG_STRING, &journal, 0,
	     "also with a journal: the beginning of their names", "FOLDER"},
	    POPT_AUTOHELP POPT_TABLEEND};
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, table, 0);
	const int code = poptGetNextOpt(context);

	if (code < -1 || poptPeekArg(context) || count < 1 || rounds < 1) {
		fprintf(stderr, "%s: that cannot be; try --help\n", argv[0]);
		return EXIT_FAILURE;
	}
	poptFreeContext(context);
	const int cores = machine_cores();
	check(cohort_open(NULL, &group));
	if (machine_pin(cohort_rank(group)))
		perror("cannot keep a rank on one core");
	rounds = rounds < ROUNDS_MOST ? rounds : ROUNDS_MOST;
	time_empty((size_t)count, rounds);
	time_sets((size_t)count / 10 + 1, rounds);
	time_isolated((size_t)count, rounds);
	if (journal)
		time_journaled(journal, (size_t)count / 10 + 1, rounds);
	time_sum((size_t)count, rounds);
	if (cohort_size(group) <= cores)
		time_skewed(100e-6);
	check(cohort_close(group));
	return EXIT_SUCCESS;
}
