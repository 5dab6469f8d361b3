/* Many plants at every sea, drawn at random: how far the pressure and energy
 * that a plant needs can be from the expected ones. */
#include "plot.h"
#include "say.h"
#include "statistics.h"
#include "study.h"
#include "table.h"
#include "uncertain.h"

#include <csv.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a task returns. */
struct sample {
	struct drawn drawn;
	struct ro_result result;
};

static const struct column inputs[] = {
    {"age_years", offsetof(struct drawn, age)},
    {"salinity_g_per_kg", offsetof(struct drawn, point.salinity)},
    {"temperature_c", offsetof(struct drawn, point.temperature)},
    {"recovery", offsetof(struct drawn, point.recovery)},
    {"permeability_lmh_per_bar", offsetof(struct drawn, point.permeability)},
    {"salt_permeability_lmh", offsetof(struct drawn, point.salt_permeability)},
};

static const struct layout layout = {"sample", inputs,
                                     sizeof inputs / sizeof *inputs};

static const struct quantile {
	const char *title;
	double part;
} quantiles[] = {
    {"p5", 0.05}, {"p25", 0.25}, {"p50", 0.50}, {"p75", 0.75}, {"p95", 0.95},
};

#define QUANTILES (sizeof quantiles / sizeof *quantiles)

static size_t count(const struct options *options)
{
	return options->samples;
}

/* All samples of a sea begin alike; what makes them differ is the number that
 * each task gets to seed its random numbers with. */
static struct ro_case point(const struct options *options,
                            const struct sea *sea, size_t i)
{
	(void)i;
	return (struct ro_case){
	    .salinity = sea->salinity,
	    .temperature = sea->temperature,
	    .recovery = options->recovery,
	    .permeability = options->permeability,
	    .salt_permeability = options->design.salt_permeability,
	};
}

/* On a worker, once for each sample. The seed is the job's and the task's:
 * which rank this is, and what it did before, plays no part. */
static int execute(cohort_task *task)
{
	const struct worker *worker = cohort_task_state(task);
	const struct task_param *param = cohort_task_param(task);
	struct sample found, *sample;
	char why[RO_WHY_BYTES];

	found.drawn = uncertain_draw(&worker->options->uncertainty,
	                             &param->point, cohort_task_seed(task));
	if (ro_solve(worker->vessel, &found.drawn.point, &found.result, why))
		return cohort_task_fail(
		    task, "after %.2f years, with %.2f g/kg at %.1f C: %s",
		    found.drawn.age, found.drawn.point.salinity,
		    found.drawn.point.temperature, why);
	sample = cohort_task_result(task, sizeof *sample);
	if (!sample)
		return -1;
	*sample = found;
	return 0;
}

static void write_row(FILE *table, const struct plan *plan, size_t i,
                      const cohort_result *result)
{
	const struct sample *sample = result->data;

	table_row(table, &layout, i, plan->seas.all[i / plan->each].name,
	          sample ? &sample->drawn : NULL,
	          sample ? &sample->result : NULL, result->error);
}

/* The specific energies of one sea's samples: how many there are. */
static size_t energies(const struct plan *plan, const cohort_result *results,
                       size_t sea, size_t samples, double *out)
{
	size_t found = 0;

	for (size_t i = sea * plan->each; i < sea * plan->each + samples; i++) {
		const struct sample *sample = results[i].data;

		if (sample)
			out[found++] = sample->result.specific_energy;
	}
	return found;
}

/* Cells are empty where there are not enough values. Sorts the values. */
static void write_statistics(FILE *summary, double *values, size_t found)
{
	fputc(',', summary);
	if (found >= 1)
		fprintf(summary, "%.17g", statistics_mean(values, found));
	fputc(',', summary);
	if (found >= 2)
		fprintf(summary, "%.17g", statistics_deviation(values, found));
	statistics_sort(values, found);
	for (size_t i = 0; i < QUANTILES; i++) {
		fputc(',', summary);
		if (found >= 1)
			fprintf(summary, "%.17g",
			        statistics_quantile(values, found,
			                            quantiles[i].part));
	}
}

/* How many of the first `rows` samples are of this sea. */
static size_t samples_of(const struct plan *plan, size_t sea, size_t rows)
{
	const size_t before = sea * plan->each;
	const size_t left = rows > before ? rows - before : 0;

	return left < plan->each ? left : plan->each;
}

static void write_seas(FILE *summary, const struct plan *plan,
                       const cohort_result *results, size_t rows,
                       double *values)
{
	fputs("sea,salinity_g_per_kg,temperature_c,samples,failures,mean,"
	      "standard_deviation",
	      summary);
	for (size_t i = 0; i < QUANTILES; i++)
		fprintf(summary, ",%s", quantiles[i].title);
	fputc('\n', summary);
	for (size_t i = 0; i < plan->seas.count; i++) {
		const struct sea *sea = &plan->seas.all[i];
		size_t samples = samples_of(plan, i, rows);
		size_t found = energies(plan, results, i, samples, values);

		csv_fwrite(summary, sea->name, strlen(sea->name));
		fprintf(summary, ",%.17g,%.17g,%zu,%zu", sea->salinity,
		        sea->temperature, samples, samples - found);
		write_statistics(summary, values, found);
		fputc('\n', summary);
	}
}

static int write_summary(const struct options *options, const struct plan *plan,
                         const cohort_result *results, size_t rows)
{
	double *values = calloc(plan->each, sizeof *values);
	FILE *summary = values ? fopen(options->summary, "w") : NULL;

	if (summary)
		write_seas(summary, plan, results, rows, values);
	free(values);
	if (summary && table_close(summary) == 0)
		return 0;
	return say_error("%s could not be written: %s", options->summary,
	                 strerror(errno));
}

static int draw(const struct options *options)
{
	char why[PLOT_WHY_BYTES];

	if (plot_draw(options->script, options->summary, options->picture,
	              options->recovery, why))
		return say_error("%s", why);
	return 0;
}

const struct study study_monte_carlo = {
    .tasks = "samples",
    .count = count,
    .point = point,
    .execute = execute,
    .layout = &layout,
    .row = write_row,
    .summarise = write_summary,
    .draw = draw,
};
