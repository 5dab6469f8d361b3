#include "group.h"

#include "base/exit_status.h"
#include "base/failure.h"
#include "base/library_sentence.h"
#include "base/names.h"
#include "task/cores.h"

#include <stdio.h>
#include <string.h>

int group_failed(void)
{
	failure("%s", library_sentence());
	return EXIT_SYSTEM;
}

/* Whether the library starts the ranks, as many as it is asked for. */
static bool starts_ranks(const char *backend)
{
	const cohort_options options = {.backend = backend};
	cohort_prediction *prediction = NULL;

	if (cohort_predict(&options, &prediction) != COHORT_OK)
		return false;
	const bool starts =
	    prediction->backend && !strcmp(prediction->backend, "mp");
	cohort_prediction_free(prediction);
	return starts;
}

/* Number of ranks where no launcher has decided it: as --ranks says, or so many
 * that each has --cpus cores. 0: as the library chooses. */
static int wanted_ranks(const struct sweep_plan *plan)
{
	const bool dry = plan->options->dry_run != NULL;

	if (plan->ranks > 0 && !dry)
		return plan->ranks;
	if ((!dry && plan->cpus == 0) || !starts_ranks(plan->options->backend))
		return 0;
	const int slots = dry ? 1 : cores_allowed() / plan->cpus;
	return slots > 0 ? slots : 1;
}

bool group_check_backend(const char *backend)
{
	enum { COUNT = 4 };
	static const char *const known[COUNT] = {"auto", "serial", "mp", "mpi"};

	for (size_t i = 0; backend && i < COUNT; i++)
		if (!strcmp(backend, known[i]))
			return true;
	if (!backend || !*backend)
		return true;
	const char *near = names_nearest(backend, known, COUNT);
	return failure("--backend %s, which is no backend: there are auto, "
	               "serial, mp and mpi%s%s%s",
	               backend, near ? "; did you mean " : "", near ? near : "",
	               near ? "?" : "");
}

int group_open(const struct sweep_plan *plan, cohort **group)
{
	const cohort_options options = {
	    .backend = plan->options->backend,
	    .size = wanted_ranks(plan),
	};
	const cohort_status status = cohort_open(&options, group);

	if (status == COHORT_OK)
		return EXIT_DONE;
	group_failed();
	return status == COHORT_ECONFIG ? EXIT_USAGE : EXIT_SYSTEM;
}

int group_refuse_usage(void)
{
	const cohort_options alone = {.size = starts_ranks(NULL) ? 1 : 0};
	cohort *group = NULL;

	if (cohort_open(&alone, &group) != COHORT_OK || cohort_is_root(group))
		fprintf(stderr, "cohort sweep: %s\n", failure_sentence());
	cohort_close(group);
	return EXIT_USAGE;
}

int group_agree_with_root(cohort *group, int status)
{
	int32_t agreed = status;

	if (cohort_bcast(group, &agreed, 1, COHORT_INT32, 0) != COHORT_OK)
		return group_failed();
	return agreed;
}

int group_agree_with_all(cohort *group, int status)
{
	int32_t agreed = status;

	if (status != EXIT_DONE)
		fprintf(stderr, "cohort: rank %d: %s\n", cohort_rank(group),
		        failure_sentence());
	if (cohort_allreduce(group, COHORT_IN_PLACE, &agreed, 1, COHORT_INT32,
	                     COHORT_MAX) != COHORT_OK)
		return group_failed();
	return agreed;
}
