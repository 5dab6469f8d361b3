/*
 * One sweep over the tasks of a table. The root prints, for all of them: their
 * number, the seconds of the sweep until it has all results, the sum and the
 * longest of what the tasks themselves took, and the sum of their values.
 */
#include "../machine.h"
#include "kernel.h"
#include "table.h"

#include <cohort.h>
#include <popt.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static cohort *group;

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	fprintf(stderr, "%s: %s\n", cohort_status_name(status), cohort_error());
	cohort_abort(group, EXIT_FAILURE);
}

static _Noreturn void refuse(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s; try --help\n", what, why);
	exit(EXIT_FAILURE);
}

static int execute(cohort_task *task)
{
	const long *steps = cohort_task_param(task);
	struct kernel_result *result =
	    cohort_task_result(task, sizeof(*result));

	if (!result)
		return -1;
	kernel_run(*steps, result);
	return 0;
}

static void print_row(const cohort_results *results, size_t wanted,
                      double seconds)
{
	size_t count;
	const cohort_result *all = cohort_results_all(results, &count);
	double total = 0;
	double longest = 0;
	double values = 0;

	for (size_t i = 0; i < count; i++) {
		const struct kernel_result *result = all[i].data;
		if (all[i].status != COHORT_OK || all[i].index != i) {
			fprintf(stderr, "task %zu: %s\n", i, all[i].error);
			cohort_abort(group, EXIT_FAILURE);
		}
		total += result->seconds;
		longest = fmax(longest, result->seconds);
		values += result->value;
	}
	if (count != wanted) {
		fprintf(stderr, "%zu results of %zu\n", count, wanted);
		cohort_abort(group, EXIT_FAILURE);
	}
	printf("%zu %.9f %.9f %.9f %.0f\n", count, seconds, total, longest,
	       values);
}

static void sweep(const cohort_job *job, const long *steps, size_t count)
{
	cohort_results *results;

	check(cohort_barrier(group));
	const double start = machine_seconds();
	check(cohort_scatter(group, job, steps, count));
	check(cohort_gather_to_root(group, &results));
	if (cohort_is_root(group))
		print_row(results, count, machine_seconds() - start);
	cohort_results_free(results);
}

int main(int argc, char **argv)
{
	char *table = NULL;
	char *journal = NULL;
	int isolate = 0;
	size_t count = 0;
	const struct poptOption options[] = {
	    {"table", 't', POPT_ARG_STRING, &table, 0,
	     "steps of each task, one a line", "FILE"},
	    {"journal", 'j', POPT_ARG_STRING, &journal, 0,
	     "keep a journal in this new directory", "DIR"},
	    {"isolate", 'i', POPT_ARG_NONE, &isolate, 0,
	     "run the tasks in child processes", NULL},
	    POPT_AUTOHELP POPT_TABLEEND};
	poptContext context =
	    poptGetContext(NULL, argc, (const char **)argv, options, 0);
	const int code = poptGetNextOpt(context);

	if (code < -1 || poptPeekArg(context) || !table)
		refuse(argv[0], "it wants --table, and no arguments");
	poptFreeContext(context);
	const cohort_job job = {.execute = execute,
	                        .param_bytes = sizeof(long),
	                        .isolate = isolate,
	                        .journal = journal};
	check(cohort_open(NULL, &group));
	long *steps = cohort_is_root(group) ? table_read(table, &count) : NULL;
	if (cohort_is_root(group) && !steps)
		refuse(table, "has no table that fits into memory");
	sweep(&job, steps, count);
	check(cohort_close(group));
	free(steps);
	free(table);
	free(journal);
	return EXIT_SUCCESS;
}
