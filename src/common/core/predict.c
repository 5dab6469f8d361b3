/*
 * cohort_predict: the first half of cohort_open, which decides, without the
 * second, which starts ranks or loads an MPI. A prediction and its texts are
 * one block of memory.
 */
#include "backend_select.h"
#include "common/base/cpu_count.h"
#include "common/base/error.h"
#include "common/base/struct_size.h"
#include "config_words.h"
#include "mpi/loader.h"
#include "surroundings.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

enum { FAMILIES = MPI_FAMILIES - 1 };

/* What a prediction points to. */
struct texts {
	const cohort_module *list[FAMILIES + 1];
	cohort_module modules[FAMILIES];
	char paths[FAMILIES][LOADER_PATH_BYTES];
	char problems[FAMILIES][LOADER_WHY_BYTES];
	struct backend_choice choice;
	struct launcher found;
	char error[ERROR_BYTES];
};

static void list_modules(struct texts *texts, cohort_prediction *out)
{
	for (int i = 0; i < FAMILIES; i++) {
		const enum mpi_family family =
		    (enum mpi_family)(MPI_FAMILY_ANY + 1 + i);
		cohort_module *module = &texts->modules[i];

		module->mpi = loader_family_name(family);
		if (loader_find(family, texts->paths[i], texts->problems[i]))
			module->path = texts->paths[i];
		else
			module->problem = texts->problems[i];
		texts->list[i] = module;
	}
	out->modules = texts->list;
}

/* -1: the ranks run already, or the program's own MPI knows. */
static int count_ranks(const struct config *config,
                       const struct launcher *launcher,
                       const struct backend_choice *choice)
{
	switch (choice->kind) {
	case BACKEND_SERIAL:
		return 1;
	case BACKEND_MP:
		if (backend_has_ranks())
			return -1;
		return config->size ? config->size : cpu_count();
	default:
		if (config->mpi_comm || backend_has_ranks())
			return -1;
		return launcher ? launcher->size : 1;
	}
}

static cohort_status check_modules(const struct launcher *launcher,
                                   const struct texts *texts,
                                   cohort_prediction *out)
{
	enum mpi_family family = MPI_FAMILY_ANY;
	const cohort_status status = loader_check(launcher, &family);

	if (family != MPI_FAMILY_ANY)
		out->module = &texts->modules[family - MPI_FAMILY_ANY - 1];
	return status;
}

static cohort_status predict(const cohort_options *options, struct texts *texts,
                             cohort_prediction *out)
{
	struct config config;
	const struct launcher *launcher;
	struct backend_choice *choice = &texts->choice;
	cohort_status status = surroundings_read_anywhere(
	    options, &config, &texts->found, &launcher);

	if (launcher) {
		out->launcher = launcher->name;
		out->launcher_variable = launcher->variable;
		out->launcher_rank = launcher->rank;
		out->launcher_size = launcher->size;
	}
	if (status != COHORT_OK)
		return status;
	backend_choose(&config, launcher, choice);
	out->backend = backend_kind_name(choice->kind);
	out->reason = choice->reason;
	out->ranks = count_ranks(&config, launcher, choice);
	status = backend_check(&config, launcher, choice);
	if (status == COHORT_OK && choice->kind == BACKEND_MPI)
		status = check_modules(launcher, texts, out);
	return status;
}

static cohort_status make_prediction(const cohort_options *options,
                                     size_t bytes, cohort_prediction **out)
{
	const size_t unit = _Alignof(max_align_t);
	const size_t own = (bytes + unit - 1) / unit * unit;
	unsigned char *memory = calloc(1, own + sizeof(struct texts));

	if (!memory)
		return error_sys("cohort_predict: calloc");
	cohort_prediction *prediction = (cohort_prediction *)(void *)memory;
	struct texts *texts = (struct texts *)(void *)(memory + own);
	prediction->ranks = -1;
	prediction->launcher_rank = -1;
	prediction->launcher_size = -1;
	prediction->affinity_cores = cpu_affinity();
	prediction->quota_cores = cpu_quota();
	prediction->cores = cpu_count();
	prediction->status = predict(options, texts, prediction);
	if (prediction->status != COHORT_OK)
		snprintf(texts->error, sizeof(texts->error), "%s",
		         cohort_error());
	prediction->error = texts->error;
	list_modules(texts, prediction);
	*out = prediction;
	return COHORT_OK;
}

cohort_status cohort_predict_sized(const cohort_options *options,
                                   size_t options_bytes,
                                   size_t prediction_bytes,
                                   cohort_prediction **out)
{
	const int saved = errno;
	cohort_options whole = {0};
	cohort_status status;

	if (!out)
		return error_set(COHORT_EINVAL,
		                 "cohort_predict: out is NULL: pass the "
		                 "address of a cohort_prediction pointer");
	if (prediction_bytes < sizeof(cohort_prediction) ||
	    prediction_bytes > PTRDIFF_MAX / 2)
		return error_set(COHORT_EINVAL,
		                 "cohort_predict: prediction_bytes is %zu, "
		                 "which no version's cohort_prediction has: "
		                 "pass sizeof(cohort_prediction)",
		                 prediction_bytes);
	if (options &&
	    !struct_read(&whole, sizeof(whole), options, options_bytes))
		status = struct_refuse(COHORT_ECONFIG, "cohort_predict",
		                       "options", options_bytes, sizeof(whole));
	else
		status = make_prediction(&whole, prediction_bytes, out);
	errno = saved;
	return status;
}

void cohort_prediction_free(cohort_prediction *prediction)
{
	free(prediction);
}
