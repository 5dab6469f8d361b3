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
 * that succeeded (run, agree); run a job over all parameter sets (sweep: build
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
enum { EXIT_USAGE = 2 };

/* ---- once on every worker ---- */

/* Called before the worker's first task: makes the data that all tasks share. */
static int build(void *arg, void **state)
{
	const struct options *options = arg;
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

/* ---- what the root does before and after ---- */

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

static void count_up(cohort *group, const struct study *study,
                     const cohort_result *results, size_t count, double seconds)
{
	cohort_counts counts;
	size_t failures = 0;
	int size = cohort_size(group);

	for (size_t i = 0; i < count; i++)
		failures += results[i].status != COHORT_OK;
	printf("%zu %s, %zu failures, %.2f s, backend %s, %d rank%s", count,
	       study->tasks, failures, seconds, cohort_backend(group), size,
	       size == 1 ? "" : "s");
	if (cohort_progress(group, &counts) == COHORT_OK && counts.resumed > 0)
		printf(", %zu from the journal", counts.resumed);
	printf("\n");
}

static int report(cohort *group, const struct options *options,
                  const struct plan *plan, const cohort_results *results,
                  double seconds)
{
	const struct study *study = study_of(options);
	size_t count;
	const cohort_result *all = cohort_results_all(results, &count);

	if (study->write(options, plan, all))
		return -1;
	count_up(group, study, all, count, seconds);
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

/* A signal has arrived, perhaps on another rank. Finished tasks are in the
 * journal. */
static int stopped(cohort *group, const struct options *options)
{
	int32_t number = cohort_stop_signal(group);
	cohort_counts counts;

	if (cohort_allreduce(group, COHORT_IN_PLACE, &number, 1, COHORT_INT32,
	                     COHORT_MAX) != COHORT_OK ||
	    cohort_progress(group, &counts) != COHORT_OK)
		return failed(group);
	if (!cohort_is_root(group))
		return 128 + number;
	if (options->journal)
		say_error("stopped by signal %d (%s), %zu of %zu %s are done; "
		          "to do the rest, run the same command again: "
		          "--journal %s has them",
		          (int)number, strsignal(number),
		          counts.resumed + counts.done, counts.total,
		          study_of(options)->tasks, options->journal);
	else
		say_error("stopped by signal %d (%s), and nothing is kept: "
		          "with --journal DIR, the same command would go on",
		          (int)number, strsignal(number));
	return 128 + number;
}

static int sweep(cohort *group, struct options *options,
                 const struct plan *plan)
{
	const cohort_job job = {
	    .build = build,
	    .execute = study_of(options)->execute,
	    .teardown = teardown,
	    .arg = options,
	    .param_bytes = sizeof *plan->tasks,
	    .schedule = options->schedule,
	    .isolate = options->isolate,
	    .timeout = options->timeout,
	    .retries = options->retries,
	    .journal = options->journal,
	    .seed = options->seed,
	};
	cohort_results *results = NULL;
	double start = now();
	int status = 0;

	/* Off the root there are no tasks; what is passed there is ignored. */
	cohort_status swept =
	    cohort_scatter(group, &job, plan->tasks, plan->count);
	if (swept == COHORT_ESTOPPED)
		return stopped(group, options);
	if (swept != COHORT_OK)
		failed(group);
	/* A disk that is full ends the journal, not the sweep. */
	if (swept != COHORT_OK && swept != COHORT_EIO)
		return EXIT_FAILURE;
	if (cohort_gather_to_root(group, &results) != COHORT_OK)
		return swept == COHORT_OK ? failed(group) : EXIT_FAILURE;
	if (cohort_is_root(group))
		status = report(group, options, plan, results, now() - start);
	cohort_results_free(results);
	return agree(group, status);
}

static int run(cohort *group, struct options *options)
{
	struct plan plan = {0};
	int status = 0;

	if (cohort_stop_on_signals(group) != COHORT_OK)
		status = say_error("%s", cohort_error());
	else if (cohort_is_root(group))
		status = prepare(options, &plan);
	status = agree(group, status);
	if (status == EXIT_SUCCESS)
		status = sweep(group, options, &plan);
	plan_free(&plan);
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
		status = run(group, &options);
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
