/*
 * `cohort sweep`. Every rank reads the command line; the root alone reads the
 * parameters, and its sentences are the only ones that are printed. All ranks
 * return the same exit status.
 */
#define _POSIX_C_SOURCE 200809L
#include "sweep.h"

#include "base/clock.h"
#include "base/exit_status.h"
#include "base/failure.h"
#include "base/memory.h"
#include "description.h"
#include "loaded.h"
#include "prepare.h"
#include "report.h"
#include "setup.h"
#include "summary.h"
#include "task/cores.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sweep on one rank. */
struct sweep {
	const struct sweep_plan *plan;
	cohort *group;
	struct sweep_setup setup;
	json_t *description;
	struct sweep_root root; /* on the root only */
	double seconds;         /* that the sweep took */
};

/* A call of the library has failed. */
static int cohort_failed(void)
{
	failure("%s", cohort_error());
	return EXIT_SYSTEM;
}

/* The root's status, on every rank. */
static int agree_with_root(cohort *group, int status)
{
	int32_t agreed = status;

	if (cohort_bcast(group, &agreed, 1, COHORT_INT32, 0) != COHORT_OK)
		return cohort_failed();
	return agreed;
}

/* The highest status of all ranks, on every rank. A rank prints its own
 * sentence. */
static int agree_with_all(cohort *group, int status)
{
	int32_t agreed = status;

	if (status != EXIT_DONE)
		fprintf(stderr, "cohort: rank %d: %s\n", cohort_rank(group),
		        failure_sentence());
	if (cohort_allreduce(group, COHORT_IN_PLACE, &agreed, 1, COHORT_INT32,
	                     COHORT_MAX) != COHORT_OK)
		return cohort_failed();
	return agreed;
}

/* ---- before the sweep ---- */

/* Number of ranks where no launcher has decided it: as --ranks says, or so many
 * that each has --cpus cores. 0: as the library chooses. */
static int wanted_ranks(const struct sweep_plan *plan)
{
	if (plan->options->dry_run)
		return 1;
	if (plan->ranks > 0 || plan->cpus == 0)
		return plan->ranks;
	const int slots = cores_allowed() / plan->cpus;
	return slots > 0 ? slots : 1;
}

static int open_group(const struct sweep_plan *plan, cohort **group)
{
	const cohort_options options = {
	    .backend = plan->options->backend,
	    .size = wanted_ranks(plan),
	};
	const cohort_status status = cohort_open(&options, group);

	if (status == COHORT_OK)
		return EXIT_DONE;
	cohort_failed();
	return status == COHORT_ECONFIG ? EXIT_USAGE : EXIT_SYSTEM;
}

/* The command is checked on every rank: a cluster's nodes may differ. */
static int prepare_all(struct sweep *sweep)
{
	int status = EXIT_DONE;

	if (cohort_is_root(sweep->group) &&
	    !prepare_sweep(sweep->plan, sweep->description, &sweep->root,
	                   &sweep->setup))
		status = EXIT_USAGE;
	status = agree_with_root(sweep->group, status);
	if (status != EXIT_DONE || sweep->plan->options->dry_run)
		return status;
	if (!setup_send(sweep->group, &sweep->setup))
		return EXIT_SYSTEM;
	return agree_with_all(
	    sweep->group,
	    worker_check(sweep->plan, &sweep->setup) ? EXIT_DONE : EXIT_USAGE);
}

/* ---- the sweep ---- */

static cohort_status scatter(struct sweep *sweep)
{
	const struct sweep_plan *plan = sweep->plan;
	struct parameter_sets sets = {0};
	char *identity = description_text(sweep->description);
	struct worker_setup setup = {
	    .plan = plan,
	    .setup = &sweep->setup,
	    .group = sweep->group,
	    .root = cohort_is_root(sweep->group) ? &sweep->root : NULL,
	    .description = sweep->description,
	};
	const cohort_job job = {
	    .build = worker_build,
	    .execute = worker_execute,
	    .teardown = worker_teardown,
	    .arg = &setup,
	    .not_isolated = true,
	    .journal = plan->journal,
	    .seed = plan->seed,
	    .rerun_failed = plan->options->retry_failed || plan->only.failed,
	    .rebuilt_ok = true,
	    .deadline = plan->deadline,
	    .identity = identity,
	    .identity_bytes = identity ? strlen(identity) : 0,
	};
	if (cohort_is_root(sweep->group))
		parameter_sets_make(&sweep->root.table, &sweep->setup.chosen,
		                    sweep->setup.ties, plan->seed, &sets);
	const cohort_status status =
	    cohort_scatter_objects(sweep->group, &job, sets.sets, sets.count);
	parameter_sets_free(&sets);
	free(identity);
	return status;
}

static struct outcome *list_outcomes(const cohort_results *results,
                                     size_t *count)
{
	const cohort_result *all = cohort_results_all(results, count);
	struct outcome *outcomes = memory_new(*count, sizeof(*outcomes));

	for (size_t i = 0; i < *count; i++)
		outcomes[i] = (struct outcome){
		    .is_known = all[i].status == COHORT_OK ||
		                all[i].status == COHORT_ETASK,
		    .data = all[i].data,
		    .bytes = all[i].bytes,
		    .error = all[i].error,
		};
	return outcomes;
}

/* The table and the summary. */
static int report_outcomes(const struct sweep *sweep,
                           const struct outcome outcomes[])
{
	const struct sweep_options *options = sweep->plan->options;
	cohort_counts counts = {0};
	const struct report report = {
	    .table = &sweep->root.table,
	    .outcomes = outcomes,
	    .no_measures = options->no_measures,
	};
	int status = EXIT_DONE;

	if (cohort_progress(sweep->group, &counts) != COHORT_OK)
		status = cohort_failed();
	const struct summary summary = {
	    .outcomes = outcomes,
	    .count = sweep->root.table.rows,
	    .chosen = &sweep->setup.chosen,
	    .resumed = counts.resumed,
	    .seconds = sweep->seconds,
	    .backend = cohort_backend(sweep->group),
	    .ranks = cohort_size(sweep->group),
	    .journal = sweep->plan->journal,
	};
	if (summary_print(&summary, stderr) > 0)
		status = EXIT_TASKS;
	if (options->output &&
	    !report_write(&report, options->output, options->output_format))
		status = EXIT_SYSTEM;
	return status;
}

/* On the root. What --only has left out is in the journal. */
static int report_results(const struct sweep *sweep,
                          const cohort_results *results)
{
	struct loaded loaded = {0};
	int status = EXIT_SYSTEM;
	size_t count;

	if (!sweep->setup.chosen.is_limited) {
		struct outcome *outcomes = list_outcomes(results, &count);

		status = report_outcomes(sweep, outcomes);
		free(outcomes);
		return status;
	}
	if (loaded_read_for(sweep->plan->journal, &sweep->root.table, &loaded))
		status = report_outcomes(sweep, loaded.outcomes);
	loaded_free(&loaded);
	return status;
}

/* The exit status of a sweep that ended with `swept`, whose tasks gave
 * `status`. */
static int exit_status(const struct sweep *sweep, cohort_status swept,
                       int status)
{
	const int signal = cohort_stop_signal(sweep->group);

	if (signal)
		return EXIT_SIGNALLED + signal;
	if (swept == COHORT_OK || swept == COHORT_ESTOPPED)
		return status;
	return EXIT_SYSTEM;
}

static bool has_results(cohort_status status)
{
	return status == COHORT_OK || status == COHORT_ESTOPPED ||
	       status == COHORT_EPEER || status == COHORT_EIO ||
	       status == COHORT_ENOMEM || status == COHORT_ESYS;
}

static int run_sweep(struct sweep *sweep)
{
	cohort_results *results = NULL;
	int status = EXIT_DONE;

	if (cohort_stop_on_signals(sweep->group) != COHORT_OK)
		return cohort_failed();
	const double began = clock_seconds();
	const cohort_status swept = scatter(sweep);
	sweep->seconds = clock_seconds() - began;
	if (swept == COHORT_ESTOPPED && cohort_is_root(sweep->group))
		fprintf(stderr, "cohort sweep: %s\n", cohort_error());
	else if (swept != COHORT_OK)
		cohort_failed();
	if (!has_results(swept))
		return swept == COHORT_EINVAL ? EXIT_USAGE : EXIT_SYSTEM;
	if (cohort_gather_to_root(sweep->group, &results) != COHORT_OK)
		return swept == COHORT_OK ? cohort_failed() : EXIT_SYSTEM;
	/* No worker has noted the sweep if all its tasks were run before. */
	if (cohort_is_root(sweep->group) &&
	    !prepare_note(sweep->plan->journal, sweep->setup.run,
	                  sweep->description, &sweep->root))
		status = EXIT_SYSTEM;
	else if (cohort_is_root(sweep->group))
		status = report_results(sweep, results);
	cohort_results_free(results);
	if (swept != COHORT_OK && swept != COHORT_ESTOPPED)
		return EXIT_SYSTEM;
	return agree_with_root(sweep->group, exit_status(sweep, swept, status));
}

static int sweep_in_group(const struct sweep_plan *plan, cohort *group)
{
	struct sweep sweep = {
	    .plan = plan,
	    .group = group,
	    .description = description_make(plan),
	};
	int status = prepare_all(&sweep);

	if (status == EXIT_DONE && plan->options->dry_run) {
		if (cohort_is_root(group) &&
		    !prepare_print(plan, &sweep.root.table,
		                   &sweep.setup.chosen))
			status = EXIT_SYSTEM;
	} else if (status == EXIT_DONE) {
		status = run_sweep(&sweep);
	}
	if (cohort_is_root(group) &&
	    (status == EXIT_USAGE || status == EXIT_SYSTEM))
		fprintf(stderr, "cohort sweep: %s\n", failure_sentence());
	json_decref(sweep.description);
	table_free(&sweep.root.table);
	setup_free(&sweep.setup);
	return status;
}

/* Under a launcher every rank comes here, and one sentence is enough. */
static int refuse_usage(void)
{
	const cohort_options alone = {.size = 1};
	cohort *group = NULL;

	if (cohort_open(&alone, &group) != COHORT_OK || cohort_is_root(group))
		fprintf(stderr, "cohort sweep: %s\n", failure_sentence());
	cohort_close(group);
	return EXIT_USAGE;
}

static int run_plan(const struct sweep_plan *plan)
{
	cohort *group = NULL;
	int status = open_group(plan, &group);

	if (status != EXIT_DONE) {
		fprintf(stderr, "cohort sweep: %s\n", failure_sentence());
		return status;
	}
	status = sweep_in_group(plan, group);
	if (cohort_close(group) != COHORT_OK && status == EXIT_DONE)
		status = cohort_failed();
	return status;
}

int sweep_main(int argc, char *argv[])
{
	struct sweep_options options = {0};
	struct sweep_plan plan = {0};
	int status = EXIT_DONE;

	if (!options_parse(&sweep_option_set, argc, argv, &options,
	                   &options.command))
		status = refuse_usage();
	else if (options.help)
		options_help(&sweep_option_set, stdout);
	else if (!sweep_plan_make(&options, &plan))
		status = refuse_usage();
	else
		status = run_plan(&plan);
	if (status == EXIT_DONE && options.help && fflush(stdout))
		status = EXIT_SYSTEM;
	sweep_plan_free(&plan);
	options_free(&sweep_option_set, &options, &options.command);
	return status;
}
