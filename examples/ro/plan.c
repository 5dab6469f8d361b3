#include "say.h"
#include "study.h"

#include <stdlib.h>

const struct study *study_of(const struct options *options)
{
	return options->samples ? &study_monte_carlo : &study_grid;
}

/* Fowler, Noll and Vo's, 1a. */
static uint64_t digest(uint64_t hash, const void *bytes, size_t count)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ byte[i]) * 0x100000001b3;
	return hash;
}

/* The two structs are doubles, and nothing between them. */
static uint64_t digest_of(const struct options *options)
{
	uint64_t hash = 0xcbf29ce484222325;

	hash = digest(hash, &options->design, sizeof options->design);
	hash = digest(hash, &options->uncertainty, sizeof options->uncertainty);
	return digest(hash, &options->samples, sizeof options->samples);
}

int plan_make(const struct study *study, const struct options *options,
              struct plan *out)
{
	char why[SEAS_WHY_BYTES];
	struct plan plan = {.each = study->count(options)};
	uint64_t shared = digest_of(options);

	if (seas_read(options->seas, &plan.seas, why))
		return say_error("%s", why);
	plan.tasks = calloc(plan.seas.count, plan.each * sizeof *plan.tasks);
	if (!plan.tasks) {
		plan_free(&plan);
		return say_error("no memory for %zu %s of each sea", plan.each,
		                 study->tasks);
	}
	for (size_t i = 0; i < plan.seas.count; i++)
		for (size_t j = 0; j < plan.each; j++)
			plan.tasks[plan.count++] = (struct task_param){
			    .point =
			        study->point(options, &plan.seas.all[i], j),
			    .shared = shared,
			};
	*out = plan;
	return 0;
}

void plan_free(struct plan *plan)
{
	free(plan->tasks);
	seas_free(&plan->seas);
	*plan = (struct plan){0};
}
