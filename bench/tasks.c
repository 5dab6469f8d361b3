/*
 * The cost of a sweep itself, over cohort only:
 *
 *	task         an empty task: seconds of a scatter over their number
 *	task+gather  the same with all results gathered on every rank
 *	skew         tasks of very different length: how long the scatter took,
 *	             over what it had to take, max(all / ranks, longest); this
 *	             is a ratio, and no time
 *
 * The form is that of bench/main.c; bytes are the number of tasks.
 */
#include "machine.h"

#include <cohort.h>
#include <popt.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
		printf("%s,%d,%d,%s,%zu,%.4f\n", contender, launch,
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

static void time_empty(size_t count, int rounds)
{
	enum { ROUNDS_MOST = 100 };
	const cohort_job job = {.execute = execute_empty,
	                        .schedule = COHORT_DYNAMIC};
	double alone[ROUNDS_MOST];
	double both[ROUNDS_MOST];

	rounds = rounds < ROUNDS_MOST ? rounds : ROUNDS_MOST;
	for (int i = 0; i < rounds; i++) {
		alone[i] = scatter(&job, NULL, count) * 1e6 / (double)count;
		both[i] = alone[i] + gather(count) * 1e6 / (double)count;
	}
	print_row("task", count, alone, rounds);
	print_row("task+gather", count, both, rounds);
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
	const struct poptOption table[] = {
	    {"contender", 'c', POPT_ARG_STRING, &contender, 0,
	     "the first column", "NAME"},
	    {"launch", 'l', POPT_ARG_INT, &launch, 0, "the second column",
	     "NUMBER"},
	    {"count", 'n', POPT_ARG_LONG | POPT_ARGFLAG_SHOW_DEFAULT, &count, 0,
	     "empty tasks", "NUMBER"},
	    {"rounds", 'r', POPT_ARG_INT | POPT_ARGFLAG_SHOW_DEFAULT, &rounds,
	     0, "sweeps of them, up to 100", "NUMBER"},
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
	time_empty((size_t)count, rounds);
	if (cohort_size(group) <= cores)
		time_skewed(100e-6);
	check(cohort_close(group));
	return EXIT_SUCCESS;
}
