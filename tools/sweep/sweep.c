/*
 * `cohort sweep`. Every rank reads the command line; the root alone reads the
 * parameters, and its sentences are the only ones that are printed. All ranks
 * return the same exit status.
 */
#define _GNU_SOURCE /* cpu_set_t */
#include "sweep.h"

#include "base/clock.h"
#include "base/exit_status.h"
#include "base/failure.h"
#include "base/given.h"
#include "base/library_sentence.h"
#include "description.h"
#include "finish.h"
#include "group.h"
#include "halt.h"
#include "prepare.h"
#include "workshop.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- before the sweep ---- */

/* A rank that has no cores of its own for --cpus runs no tasks. The others run
 * all of them, so that this changes no exit status. */
static int warn_of_cores(const struct sweep *sweep)
{
	const int each = sweep->plan->cpus;
	const int rank = cohort_rank(sweep->group);

	if (each == 0)
		return EXIT_DONE;
	int32_t idle = CPU_COUNT(&sweep->setup.cores.own) == 0;
	int32_t first = idle ? rank : INT32_MAX;
	if (cohort_allreduce(sweep->group, COHORT_IN_PLACE, &idle, 1,
	                     COHORT_INT32, COHORT_SUM) != COHORT_OK ||
	    cohort_allreduce(sweep->group, COHORT_IN_PLACE, &first, 1,
	                     COHORT_INT32, COHORT_MIN) != COHORT_OK)
		return group_failed();
	if (idle > 0 && rank == 0)
		fprintf(stderr,
		        "cohort sweep: %d of %d ranks run no tasks (rank %d is "
		        "the first), because --cpus %d leaves them no cores: "
		        "start fewer ranks\n",
		        idle, cohort_size(sweep->group), first, each);
	return EXIT_DONE;
}

/* The command is checked on every rank: a cluster's nodes may differ. */
static int prepare_all(struct sweep *sweep)
{
	const struct sweep_plan *plan = sweep->plan;
	int status = EXIT_DONE;

	if (plan->cpus > 0 && !plan->options->dry_run &&
	    !core_share_make(sweep->group, plan->cpus, &sweep->setup.cores))
		return EXIT_SYSTEM;
	if (cohort_is_root(sweep->group) &&
	    !prepare_sweep(plan, sweep->description, &sweep->root,
	                   &sweep->setup))
		status = failure_status();
	status = group_agree_with_root(sweep->group, status);
	if (status != EXIT_DONE || plan->options->dry_run)
		return status;
	if (!setup_send(sweep->group, &sweep->setup))
		return EXIT_SYSTEM;
	status = group_agree_with_all(
	    sweep->group,
	    workshop_check(plan, &sweep->setup) ? EXIT_DONE : failure_status());
	if (status == EXIT_DONE)
		status = warn_of_cores(sweep);
	if (status == EXIT_DONE && cohort_is_root(sweep->group) &&
	    !prepare_folders(plan, &sweep->root))
		status = failure_status();
	return group_agree_with_root(sweep->group, status);
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
	    .on_result = sweep->setup.halt_at > 0 ? halt_count_result : NULL,
	    .identity = identity,
	    .identity_bytes = identity ? strlen(identity) : 0,
	};
	if (cohort_is_root(sweep->group))
		parameter_sets_make(&sweep->root.table, &sweep->setup.chosen,
		                    sweep->setup.ties, &sets);
	const cohort_status status =
	    cohort_scatter_objects(sweep->group, &job, sets.sets, sets.count);
	sweep->is_refused = setup.is_refused;
	parameter_sets_free(&sets);
	free(identity);
	return status;
}

/* Every rank learns whether the system refused one of them what tasks need,
 * which stops the sweep. */
static int agree_on_refusal(struct sweep *sweep)
{
	int32_t refused = sweep->is_refused;

	if (cohort_allreduce(sweep->group, COHORT_IN_PLACE, &refused, 1,
	                     COHORT_INT32, COHORT_MAX) != COHORT_OK)
		return group_failed();
	sweep->is_refused = refused > 0;
	return EXIT_DONE;
}

/* The exit status of a sweep that ended with `swept`, whose tasks gave
 * `status`. */
static int exit_status(const struct sweep *sweep, cohort_status swept,
                       int status)
{
	const int signal = cohort_stop_signal(sweep->group);

	if (signal)
		return EXIT_SIGNALLED + signal;
	if (sweep->is_refused)
		return EXIT_SYSTEM;
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

/* Why the sweep was stopped. The library calls a deadline by its field. Where
 * it names the function that stops the sweep, that was --halt. */
static void say_stopped(const struct sweep *sweep)
{
	const struct sweep_options *options = sweep->plan->options;
	const char *deadline =
	    options->deadline ? "--deadline" : "SLURM_JOB_END_TIME";
	const char *sentence = library_sentence();
	const char *late = strstr(sentence, "left no time");
	const char *stopped = strstr(sentence, "stopped the sweep");
	const bool by_halt = stopped && !strncmp(sentence, "cohort_stop,",
	                                         strlen("cohort_stop,"));

	if (late && !strncmp(sentence, "job.deadline", strlen("job.deadline")))
		fprintf(stderr, "cohort sweep: %s %s\n", deadline, late);
	else if (by_halt)
		fprintf(stderr, "cohort sweep: --halt %s %s\n", options->halt,
		        stopped);
	else
		fprintf(stderr, "cohort sweep: %s\n", sentence);
}

static int run_sweep(struct sweep *sweep)
{
	cohort_results *results = NULL;
	int status = EXIT_DONE;

	if (cohort_stop_on_signals(sweep->group) != COHORT_OK)
		return group_failed();
	const double began = clock_seconds();
	const cohort_status swept = scatter(sweep);
	sweep->seconds = clock_seconds() - began;
	if (swept == COHORT_ESTOPPED && agree_on_refusal(sweep) != EXIT_DONE)
		return EXIT_SYSTEM;
	if (swept == COHORT_ESTOPPED && cohort_is_root(sweep->group) &&
	    !sweep->is_refused)
		say_stopped(sweep);
	else if (swept != COHORT_OK)
		group_failed();
	/* COHORT_ESTATE: another sweep began at the same time. */
	if (!has_results(swept)) {
		prepare_undo(sweep->plan, &sweep->root);
		return swept == COHORT_EINVAL || swept == COHORT_ESTATE
		           ? EXIT_USAGE
		           : EXIT_SYSTEM;
	}
	if (cohort_gather_to_root(sweep->group, &results) != COHORT_OK)
		return swept == COHORT_OK ? group_failed() : EXIT_SYSTEM;
	/* No worker has noted the sweep if all its tasks were run before. */
	if (cohort_is_root(sweep->group) &&
	    !prepare_note(sweep->plan->journal, &sweep->setup,
	                  sweep->description, &sweep->root))
		status = EXIT_SYSTEM;
	else if (cohort_is_root(sweep->group))
		status = finish_report(sweep, results);
	cohort_results_free(results);
	if (sweep->is_refused)
		failure("the system refuses what tasks need, as a rank has "
		        "said above: run the same command again when it can be "
		        "had, to do what is left");
	if (swept != COHORT_OK && swept != COHORT_ESTOPPED)
		return EXIT_SYSTEM;
	return group_agree_with_root(sweep->group,
	                             exit_status(sweep, swept, status));
}

static void warn_of_slurm(const struct sweep_plan *plan, const cohort *group)
{
	if (plan->ignores_slurm && cohort_is_root(group))
		fprintf(stderr,
		        "cohort sweep: SLURM_JOB_END_TIME is '%s', which is no "
		        "number of seconds since 1970: there is no deadline\n",
		        getenv("SLURM_JOB_END_TIME"));
}

static int sweep_in_group(const struct sweep_plan *plan, cohort *group)
{
	struct sweep sweep = {
	    .plan = plan,
	    .group = group,
	    .description = description_make(plan),
	};
	warn_of_slurm(plan, group);
	int status = prepare_all(&sweep);

	if (status == EXIT_DONE && plan->options->dry_run) {
		if (cohort_is_root(group) &&
		    !prepare_print(plan, &sweep.root.table,
		                   &sweep.setup.chosen))
			status = EXIT_SYSTEM;
	} else if (status == EXIT_DONE) {
		/* Who reads --tag may have seen enough, and tasks go on. */
		given_ignore_broken_pipes();
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

static int run_plan(const struct sweep_plan *plan)
{
	cohort *group = NULL;
	int status = group_open(plan, &group);

	if (status != EXIT_DONE) {
		fprintf(stderr, "cohort sweep: %s\n", failure_sentence());
		return status;
	}
	status = sweep_in_group(plan, group);
	if (cohort_close(group) != COHORT_OK && status == EXIT_DONE)
		status = group_failed();
	return status;
}

int sweep_main(int argc, char *argv[])
{
	struct sweep_options options = {0};
	struct sweep_plan plan = {0};
	int status = EXIT_DONE;

	if (!options_parse(&sweep_option_set, argc, argv, &options,
	                   &options.command))
		status = group_refuse_usage();
	else if (options.help)
		options_help(&sweep_option_set, stdout);
	else if (!sweep_plan_make(&options, &plan))
		status = group_refuse_usage();
	else
		status = run_plan(&plan);
	sweep_plan_free(&plan);
	options_free(&sweep_option_set, &options, &options.command);
	return status;
}
