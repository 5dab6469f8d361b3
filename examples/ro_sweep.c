/*
 * Sea-water reverse osmosis over the seas of the world: a program for cohort,
 * and a tour of it. The model is in ro/ and knows nothing of all this.
 *
 *	./ro_sweep                           one process for each core
 *	COHORT_BACKEND=serial ./ro_sweep     one process, for a debugger
 *	mpirun -n 512 ./ro_sweep             a cluster
 *
 * What every program of this kind does is here in order: open a group (main),
 * let the root read what there is to do and tell the others whether that
 * went well (agree), run a job over all parameter sets (sweep: build once on
 * each worker, execute once for each case), collect the results where they
 * are wanted, and close.
 */
#define _POSIX_C_SOURCE 200809L

#include "ro/model.h"
#include "ro/options.h"
#include "ro/plot.h"
#include "ro/seas.h"
#include "ro/table.h"

#include <cohort.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The root's: what to do, and where the results go. Zero elsewhere. */
struct plan {
	struct seas seas;
	struct ro_case *cases;
	size_t count;
	FILE *table;
};

static int complain(const char *format, ...)
{
	va_list args;

	fputs("ro_sweep: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return -1;
}

/* ---- the job: these run on every worker ---- */

/* Once per worker, before its first case. What all cases share is made here
 * and not once per case. */
static int build(void *arg, void **state)
{
	const struct options *options = arg;
	char why[RO_WHY_BYTES];

	*state = ro_vessel_new(&options->design, why);
	return *state ? 0 : complain("%s", why);
}

/* Once per case. A case that cannot work is not an error of the sweep: it
 * fails with a sentence, which becomes its row in the table. */
static int execute(cohort_task *task)
{
	const struct ro_vessel *vessel = cohort_task_state(task);
	const struct ro_case *point = cohort_task_param(task);
	struct ro_result found, *result;
	char why[RO_WHY_BYTES];

	if (ro_solve(vessel, point, &found, why))
		return cohort_task_fail(task, "%s", why);
	result = cohort_task_result(task, sizeof *result);
	if (!result)
		return -1;
	*result = found;
	return 0;
}

/* ---- what the root does before and after ---- */

/* Seas outermost, permeabilities innermost. */
static int plan_cases(const struct options *options, struct plan *plan)
{
	const struct range *recoveries = &options->recoveries;
	const struct range *waters = &options->permeabilities;
	size_t each = recoveries->count * waters->count;

	plan->cases = calloc(plan->seas.count, each * sizeof *plan->cases);
	if (!plan->cases)
		return complain("no memory for %zu times %zu cases",
		                plan->seas.count, each);
	for (size_t i = 0; i < plan->seas.count; i++) {
		for (size_t j = 0; j < each; j++) {
			size_t recovery = j / waters->count;
			size_t water = j % waters->count;

			plan->cases[plan->count++] = (struct ro_case){
			    .salinity = plan->seas.all[i].salinity,
			    .temperature = plan->seas.all[i].temperature,
			    .recovery = range_value(recoveries, recovery),
			    .permeability = range_value(waters, water),
			};
		}
	}
	return 0;
}

/* Everything that can be known to be wrong before hours of work is found
 * out here. The table comes last: what stood at its path is lost by then. */
static int prepare(const struct options *options, struct plan *plan)
{
	char why[SEAS_WHY_BYTES];
	struct ro_vessel *vessel = ro_vessel_new(&options->design, why);

	if (!vessel)
		return complain("%s", why);
	free(vessel);
	if (seas_read(options->seas, &plan->seas, why))
		return complain("%s", why);
	if (plan_cases(options, plan))
		return -1;
	if (options->picture) {
		FILE *picture = fopen(options->picture, "a");

		if (!picture)
			return complain("%s cannot be written: %s",
			                options->picture, strerror(errno));
		fclose(picture);
	}
	plan->table = table_open(options->output);
	if (!plan->table)
		return complain("%s cannot be written: %s", options->output,
		                strerror(errno));
	return 0;
}

/* Rows in the order of the cases, whoever worked them out. */
static int write_table(const struct options *options, struct plan *plan,
                       const cohort_results *results, size_t *failures)
{
	size_t count;
	const cohort_result *all = cohort_results_all(results, &count);
	size_t each = plan->count / plan->seas.count;
	int failed;

	*failures = 0;
	for (size_t i = 0; i < count; i++) {
		const char *sea = plan->seas.all[i / each].name;

		table_row(plan->table, i, sea, &plan->cases[i], all[i].data,
		          all[i].error);
		*failures += all[i].status != COHORT_OK;
	}
	failed = table_close(plan->table);
	plan->table = NULL;
	if (failed)
		return complain("%s could not be written: %s", options->output,
		                strerror(errno));
	return 0;
}

static int draw(const struct options *options)
{
	const struct range *waters = &options->permeabilities;
	char why[PLOT_WHY_BYTES];

	if (plot_draw(options->script, options->output, options->picture,
	              range_value(waters, waters->count / 2), why))
		return complain("%s", why);
	return 0;
}

static int report(cohort *group, const struct options *options,
                  struct plan *plan, const cohort_results *results,
                  double seconds)
{
	size_t failures;
	int size = cohort_size(group);

	if (write_table(options, plan, results, &failures))
		return -1;
	printf("%zu cases, %zu failures, %.2f s, backend %s, %d rank%s\n",
	       plan->count, failures, seconds, cohort_backend(group), size,
	       size == 1 ? "" : "s");
	return options->picture ? draw(options) : 0;
}

/* ---- all together ---- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Tell everybody whether the root is well, so that all go on or all leave.
 * A rank that just left would break the group for the others. */
static int agree(cohort *group, int status)
{
	int32_t word = status;

	if (cohort_bcast(group, &word, 1, COHORT_INT32, 0) != COHORT_OK)
		return complain("%s", cohort_error());
	return word;
}

static int sweep(cohort *group, struct options *options, struct plan *plan)
{
	const cohort_job job = {
	    .build = build,
	    .execute = execute,
	    .teardown = free,
	    .arg = options,
	    .param_bytes = sizeof *plan->cases,
	};
	cohort_results *results = NULL;
	double start = now();
	int status = 0;

	/* Off the root there are no cases; what is passed there is ignored. */
	if (cohort_scatter(group, &job, plan->cases, plan->count) !=
	        COHORT_OK ||
	    cohort_gather_to_root(group, &results) != COHORT_OK)
		return complain("%s", cohort_error());
	if (cohort_is_root(group))
		status = report(group, options, plan, results, now() - start);
	cohort_results_free(results);
	return agree(group, status);
}

static int run(cohort *group, struct options *options)
{
	struct plan plan = {0};
	int status = 0;

	if (cohort_is_root(group))
		status = prepare(options, &plan);
	status = agree(group, status);
	if (status == 0)
		status = sweep(group, options, &plan);
	if (plan.table)
		fclose(plan.table);
	free(plan.cases);
	seas_free(&plan.seas);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	char why[OPTIONS_WHY_BYTES];
	cohort *group;
	int status = 0;

	if (cohort_open(NULL, &group) != COHORT_OK) {
		complain("%s", cohort_error());
		return EXIT_FAILURE;
	}

	/* From here on every rank runs this. All have the same command line
	 * and come to the same conclusion; the root says it. */
	bool root = cohort_is_root(group);

	switch (
	    options_parse(argc, argv, root ? stdout : NULL, &options, why)) {
	case OPTIONS_RUN:
		status = run(group, &options);
		break;
	case OPTIONS_HELP:
		break;
	case OPTIONS_BAD:
		status = root ? complain("%s", why) : -1;
		break;
	}
	options_free(&options);
	if (cohort_close(group) != COHORT_OK)
		status = complain("%s", cohort_error());
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
