/*
 * Sea-water reverse osmosis over the seas of the world: a program for cohort,
 * and a tour of it.
 *
 *	./ro_sweep                           one process for each core
 *	COHORT_BACKEND=serial ./ro_sweep     one process, for a debugger
 *	mpirun -n 512 ./ro_sweep             a cluster
 *	./ro_sweep --journal run1            Ctrl-C, and again: it goes on
 *
 * It shows the steps of such a program in order: open a group and ask for
 * signals (main); let the root read the study, and tell the other ranks whether
 * that succeeded (run_study, agree); run a job over all parameter sets (sweep: build
 * once on each worker, execute once for each task); go on or stop, as its status
 * says; collect the results where they are needed; close.
 *
 * The rest is in ro/. study.h says what a task is; grid.c and monte_carlo.c
 * have the two kinds, with what their tasks do and what becomes of the results;
 * plan.c makes the parameter sets. The others, the model among them, know
 * nothing of cohort.
 */
#define _POSIX_C_SOURCE 200809L

#include "ro/model.h"
#include "ro/options.h"
#include "ro/output.h"
#include "ro/say.h"
#include "ro/study.h"

#include <cohort.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Exit statuses, which all ranks agree on: EXIT_SUCCESS, EXIT_FAILURE, 128 + a
 * signal, and */
enum { EXIT_USAGE = 2, EXIT_UNFINISHED = 3 };

/* What a rank has at hand in a sweep. */
struct run {
	const struct options *options;
	struct plan plan;     /* the root's */
	struct output output; /* the root's */
};

/* ---- once on every worker ---- */

/* Called before the worker's first task: makes the data that all tasks share. */
static int build(void *arg, void **state)
{
	const struct options *options = ((const struct run *)arg)->options;
	struct worker *worker = calloc(1, sizeof *worker);
	char why[RO_WHY_BYTES] = "no memory for a worker";

	if (worker)
		worker->vessel = ro_vessel_new(&options->design, why);
	if (!worker || !worker->vessel) {
		free(worker);
		return say_error("%s", why);
	}
	worker->options = options;
	*state = worker;
	return 0;
}

static void teardown(void *state)
{
	struct worker *worker = state;

	free(worker->vessel);
	free(worker);
}

/* ---- what the root does before, meanwhile and after ---- */

/* Called for each result, in the order of the tasks, while others still run.
 * Stops the sweep if there are enough. */
static int on_result(void *arg, const cohort_result *result)
{
	struct run *run = arg;

	return output_row(&run->output, result);
}

/* Creates it if need be, and leaves alone what it has. */
static int check_writable(const char *path)
{
	FILE *file = path ? fopen(path, "a") : NULL;

	if (file)
		fclose(file);
	else if (path)
		return say_error("%s cannot be written: %s", path,
		                 strerror(errno));
	return 0;
}

/* Everything that can be known to be wrong before hours of work is found out
 * here. */
static int prepare(const struct options *options, struct plan *plan)
{
	char why[RO_WHY_BYTES];
	struct ro_vessel *vessel = ro_vessel_new(&options->design, why);

	if (!vessel)
		return say_error("%s", why);
	free(vessel);
	if (plan_make(study_of(options), options, plan))
		return -1;
	if (check_writable(options->output) || check_writable(options->picture))
		return -1;
	return check_writable(options->samples ? options->summary : NULL);
}

static void count_up(cohort *group, const struct output *output, double seconds)
{
	const struct study *study = study_of(output->options);
	cohort_counts counts;
	int size = cohort_size(group);

	printf("%zu %s, %zu failures, %.2f s, backend %s, %d rank%s",
	       output->rows, study->tasks, output->rows - output->good, seconds,
	       cohort_backend(group), size, size == 1 ? "" : "s");
	if (cohort_progress(group, &counts) == COHORT_OK && counts.resumed > 0)
		printf(", %zu from the journal", counts.resumed);
	printf("\n");
}

/* All rows, or those that were not written while the sweep ran. */
static int write_rows(struct output *output, const cohort_result *results,
                      size_t count)
{
	if (!output->options->follow && output_begin(output))
		return -1;
	while (output->rows < count && !output_is_enough(output))
		if (output_row(output, &results[output->rows]))
			break;
	return output_end(output);
}

static int report(cohort *group, struct run *run, const cohort_results *results,
                  double seconds)
{
	const struct options *options = run->options;
	const struct study *study = study_of(options);
	struct output *output = &run->output;
	size_t count;
	const cohort_result *all = cohort_results_all(results, &count);

	if (write_rows(output, all, count))
		return -1;
	if (study->summarise &&
	    study->summarise(options, &run->plan, all, output->rows))
		return -1;
	count_up(group, output, seconds);
	return options->picture ? study->draw(options) : 0;
}

/* ---- all together ---- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* All ranks have the same bad news; one says it. */
static int failed(cohort *group)
{
	if (cohort_is_root(group))
		say_error("%s", cohort_error());
	return EXIT_FAILURE;
}

/* Tell everybody how the root is, so that all go on or all leave. A rank that
 * just left would break the group for the others. */
static int agree(cohort *group, int status)
{
	int32_t word = status ? EXIT_FAILURE : EXIT_SUCCESS;

	if (cohort_bcast(group, &word, 1, COHORT_INT32, 0) != COHORT_OK)
		return failed(group);
	return word;
}

/* Finished tasks are in the journal. `cause` begins the sentence. */
static int say_unfinished(cohort *group, const struct options *options,
                          const char *cause)
{
	cohort_counts counts;

	if (cohort_progress(group, &counts) != COHORT_OK)
		return failed(group);
	if (options->journal)
		return say_error("%s, %zu of %zu %s are done; "
		                 "to do the rest, run the same command again: "
		                 "--journal %s has them",
		                 cause, counts.resumed + counts.done,
		                 counts.total, study_of(options)->tasks,
		                 options->journal);
	return say_error("%s, and nothing is kept: "
	                 "with --journal DIR, the same command would go on",
	                 cause);
}

enum reason { ENOUGH, LOST_TABLE, OTHER };

/* The sweep was stopped: by the root, which has enough or cannot write; by a
 * signal, perhaps on another rank; by the deadline. *enough: go on. Otherwise
 * returns the exit status. */
static int stopped(cohort *group, const struct run *run, bool *enough)
{
	const struct options *options = run->options;
	int32_t number = cohort_stop_signal(group);
	int32_t reason = output_is_enough(&run->output) ? ENOUGH
	                 : run->output.failed           ? LOST_TABLE
	                                                : OTHER;
	char cause[128];

	if (cohort_allreduce(group, COHORT_IN_PLACE, &number, 1, COHORT_INT32,
	                     COHORT_MAX) != COHORT_OK ||
	    cohort_bcast(group, &reason, 1, COHORT_INT32, 0) != COHORT_OK)
		return failed(group);
	*enough = reason == ENOUGH;
	if (reason != OTHER)
		return EXIT_FAILURE;
	if (number)
		snprintf(cause, sizeof cause, "stopped by signal %d (%s)",
		         (int)number, strsignal(number));
	else
		snprintf(cause, sizeof cause,
		         "the deadline of %g s has left no time",
		         options->deadline);
	if (cohort_is_root(group))
		say_unfinished(group, options, cause);
	return number ? 128 + number : EXIT_UNFINISHED;
}

static int sweep(cohort *group, struct run *run)
{
	const struct options *options = run->options;
	const cohort_job job = {
	    .build = build,
	    .execute = study_of(options)->execute,
	    .teardown = teardown,
	    .arg = run,
	    .param_bytes = sizeof *run->plan.tasks,
	    .schedule = options->schedule,
	    .isolate = options->isolate,
	    .timeout = options->timeout,
	    .retries = options->retries,
	    .journal = options->journal,
	    .rerun_failed = options->rerun_failed,
	    .on_result = options->follow ? on_result : NULL,
	    .ordered = options->follow,
	    .deadline = options->deadline,
	    .seed = options->seed,
	};
	cohort_results *results = NULL;
	double start = now();
	bool enough = false;
	int status = 0;

	/* Off the root there are no tasks; what is passed there is ignored. */
	cohort_status swept =
	    cohort_scatter(group, &job, run->plan.tasks, run->plan.count);
	if (swept == COHORT_ESTOPPED)
		status = stopped(group, run, &enough);
	else if (swept != COHORT_OK)
		failed(group);
	/* A disk that is full ends the journal, not the sweep. */
	if (swept == COHORT_ESTOPPED && !enough)
		return status;
	if (swept != COHORT_OK && swept != COHORT_EIO && !enough)
		return EXIT_FAILURE;
	if (cohort_gather_to_root(group, &results) != COHORT_OK)
		return swept == COHORT_OK ? failed(group) : EXIT_FAILURE;
	status = 0;
	if (cohort_is_root(group))
		status = report(group, run, results, now() - start);
	cohort_results_free(results);
	return agree(group, status);
}

static int run_study(cohort *group, const struct options *options)
{
	struct run run = {
	    .options = options,
	    .output = {.options = options, .plan = &run.plan},
	};
	int status = 0;

	if (cohort_stop_on_signals(group) != COHORT_OK)
		status = say_error("%s", cohort_error());
	else if (cohort_is_root(group))
		status = prepare(options, &run.plan);
	if (status == 0 && cohort_is_root(group) && options->follow)
		status = output_begin(&run.output);
	status = agree(group, status);
	if (status == EXIT_SUCCESS)
		status = sweep(group, &run);
	output_end(&run.output);
	plan_free(&run.plan);
	return status;
}

int main(int argc, char **argv)
{
	struct options options;
	char why[OPTIONS_WHY_BYTES];
	cohort *group;
	int status = EXIT_SUCCESS;

	if (cohort_open(NULL, &group) != COHORT_OK) {
		say_error("%s", cohort_error());
		return EXIT_FAILURE;
	}

	/* From here on every rank runs this. All have the same command line
	 * and come to the same conclusion; the root says it. */
	bool root = cohort_is_root(group);

	switch (
	    options_parse(argc, argv, root ? stdout : NULL, &options, why)) {
	case OPTIONS_RUN:
		status = run_study(group, &options);
		break;
	case OPTIONS_HELP:
		break;
	case OPTIONS_BAD:
		status = EXIT_USAGE;
		if (root)
			say_error("%s", why);
		break;
	}
	options_free(&options);
	if (cohort_close(group) != COHORT_OK && status == EXIT_SUCCESS) {
		say_error("%s", cohort_error());
		status = EXIT_FAILURE;
	}
	return status;
}
