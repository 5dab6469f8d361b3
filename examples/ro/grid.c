/* Every sea with every recovery and every water permeability: what a plant
 * needs, and where it cannot work. */
#include "plot.h"
#include "say.h"
#include "study.h"
#include "table.h"

static const struct column inputs[] = {
    {"salinity_g_per_kg", offsetof(struct ro_case, salinity)},
    {"temperature_c", offsetof(struct ro_case, temperature)},
    {"recovery", offsetof(struct ro_case, recovery)},
    {"permeability_lmh_per_bar", offsetof(struct ro_case, permeability)},
};

static const struct layout layout = {"case", inputs,
                                     sizeof inputs / sizeof *inputs};

static size_t count(const struct options *options)
{
	return options->recoveries.count * options->permeabilities.count;
}

/* Permeabilities innermost. */
static struct ro_case point(const struct options *options,
                            const struct sea *sea, size_t i)
{
	const struct range *waters = &options->permeabilities;

	return (struct ro_case){
	    .salinity = sea->salinity,
	    .temperature = sea->temperature,
	    .recovery = range_value(&options->recoveries, i / waters->count),
	    .permeability = range_value(waters, i % waters->count),
	};
}

/* On a worker, once for each case. One that cannot work is not an error of the
 * sweep: it fails with a sentence, which becomes its row in the table. */
static int execute(cohort_task *task)
{
	const struct worker *worker = cohort_task_state(task);
	const struct task_param *param = cohort_task_param(task);
	struct ro_result found, *result;
	char why[RO_WHY_BYTES];

	if (ro_solve(worker->vessel, &param->point, &found, why))
		return cohort_task_fail(task, "%s", why);
	result = cohort_task_result(task, sizeof *result);
	if (!result)
		return -1;
	*result = found;
	return 0;
}

static void write_row(FILE *table, const struct plan *plan, size_t i,
                      const cohort_result *result)
{
	table_row(table, &layout, i, plan->seas.all[i / plan->each].name,
	          &plan->tasks[i].point, result->data, result->error);
}

/* One of the permeabilities, the middle one. */
static int draw(const struct options *options)
{
	const struct range *waters = &options->permeabilities;
	char why[PLOT_WHY_BYTES];

	if (plot_draw(options->script, options->output, options->picture,
	              range_value(waters, waters->count / 2), why))
		return say_error("%s", why);
	return 0;
}

const struct study study_grid = {
    .tasks = "cases",
    .count = count,
    .point = point,
    .execute = execute,
    .layout = &layout,
    .row = write_row,
    .draw = draw,
};
