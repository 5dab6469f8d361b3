/* cohort_predict: what options, variables and launchers lead to. That cohort_open
 * then does it is checked by conformance, which predicts before it opens. */
#define _GNU_SOURCE /* clearenv */
#include "common/base/cpu_count.h"

#include <cohort.h>
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

enum { MOST = 4 };

static const struct scene {
	const char *variables[MOST]; /* NAME=value */
	cohort_options options;
	const char *backend; /* NULL: options or variables are refused */
	const char *reason;  /* a part of it */
	const char *error;   /* a part of the sentence; NULL: COHORT_OK */
	int ranks;           /* 0: one for each core */
	cohort_status status;
} scenes[] = {
    {.variables = {"COHORT_SIZE=3"},
     .backend = "mp",
     .reason = "more than one rank is asked for",
     .ranks = 3},
    {.options = {.size = 1},
     .backend = "serial",
     .reason = "one rank is asked for",
     .ranks = 1},
    {.variables = {"COHORT_BACKEND=mp"},
     .backend = "mp",
     .reason = "asked for by COHORT_BACKEND"},
    {.variables = {"COHORT_BACKEND=mp", "COHORT_SIZE=9"},
     .options = {.backend = "serial"},
     .backend = "serial",
     .reason = "asked for by options.backend",
     .ranks = 1},
    {.variables = {"COHORT_BACKEND=mp", "OMPI_COMM_WORLD_RANK=1",
                   "OMPI_COMM_WORLD_SIZE=4"},
     .backend = "mp",
     .reason = "asked for by COHORT_BACKEND",
     .error = "Open MPI's mpirun (OMPI_COMM_WORLD_RANK is set) started 4",
     .status = COHORT_EBACKEND},
    {.variables = {"COHORT_SIZE=none"},
     .error = "COHORT_SIZE is \"none\"",
     .ranks = -1,
     .status = COHORT_ECONFIG},
    {.options = {.backend = "mpx"},
     .error = "options.backend is \"mpx\"",
     .ranks = -1,
     .status = COHORT_ECONFIG},
};

static void check_text(const char *what, const char *text, const char *part)
{
	if (!part)
		cr_expect(!text || !*text, "%s is %s", what, text);
	else
		cr_expect(text && strstr(text, part), "%s is %s, without %s",
		          what, text ? text : "NULL", part);
}

static void play(const struct scene *scene)
{
	cohort_prediction *found = NULL;

	cr_assert(clearenv() == 0);
	for (int i = 0; i < MOST && scene->variables[i]; i++)
		cr_assert(putenv((char *)(size_t)scene->variables[i]) == 0);
	cr_assert(cohort_predict(&scene->options, &found) == COHORT_OK);
	cr_expect(found->status == scene->status);
	check_text("the backend", found->backend, scene->backend);
	check_text("the reason", found->reason, scene->reason);
	check_text("the sentence", found->error, scene->error);
	cr_expect_eq(found->ranks, scene->ranks ? scene->ranks : cpu_count());
	cohort_prediction_free(found);
}

Test(predict, scenes)
{
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		play(&scenes[i]);
}

Test(predict, launcher)
{
	cohort_prediction *found = NULL;

	cr_assert(clearenv() == 0);
	setenv("PMI_RANK", "2", 1);
	setenv("PMI_SIZE", "5", 1);
	setenv("MPI_LOCALRANKID", "0", 1);
	cr_assert(cohort_predict(NULL, &found) == COHORT_OK);
	cr_expect_str_eq(found->backend, "mpi");
	cr_expect_str_eq(found->reason,
	                 "chosen because: PMI_RANK is set (Hydra)");
	cr_expect_str_eq(found->launcher, "Hydra");
	cr_expect_str_eq(found->launcher_variable, "PMI_RANK");
	cr_expect(found->launcher_rank == 2 && found->launcher_size == 5);
	cr_expect_eq(found->ranks, 5);
	cr_assert_not_null(found->module);
	cr_expect_str_eq(found->module->mpi, "MPICH");
	cohort_prediction_free(found);
}

Test(predict, modules)
{
	static const char *const names[] = {"Open MPI", "MPICH", NULL};
	cohort_prediction *found = NULL;
	size_t i = 0;

	cr_assert(cohort_predict(NULL, &found) == COHORT_OK);
	for (; found->modules[i]; i++) {
		const cohort_module *module = found->modules[i];
		cr_assert_not_null(names[i]);
		cr_expect_str_eq(module->mpi, names[i]);
		cr_expect(!module->path == !!module->problem);
		cr_expect(!module->path || *module->path == '/');
	}
	cr_expect_null(found->module);
	cr_expect_null(names[i]);
	cohort_prediction_free(found);
}

/* A program that was compiled against a later header finds zeros behind the
 * fields that this library knows. */
Test(predict, sizes)
{
	const size_t more = sizeof(cohort_prediction) + 3 * sizeof(void *);
	cohort_prediction *found = NULL;

	cr_assert(cohort_predict_sized(NULL, 0, more, &found) == COHORT_OK);
	const unsigned char *behind = (const unsigned char *)(found + 1);
	for (size_t i = 0; i < more - sizeof(*found); i++)
		cr_expect_eq(behind[i], 0);
	cohort_prediction_free(found);
	found = NULL;
	cr_expect(cohort_predict_sized(NULL, 0, sizeof(*found) - 1, &found) ==
	          COHORT_EINVAL);
	cr_expect_null(found);
	cr_expect(cohort_predict(NULL, NULL) == COHORT_EINVAL);
	cohort_prediction_free(NULL);
}

Test(predict, keeps_the_process)
{
	cohort_prediction *found = NULL;

	cr_assert(clearenv() == 0);
	setenv("COHORT_BACKEND", "mp", 1);
	cr_assert(cohort_predict(NULL, &found) == COHORT_OK);
	cohort_prediction_free(found);
	cr_expect_null(getenv("COHORT_INSIDE"));
}
