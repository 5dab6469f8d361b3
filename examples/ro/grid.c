/* Every sea with every recovery and every water permeability: what a plant
 * needs, and where it cannot work. */
#include "plot.h"
#include "say.h"
#include "study.h"
#include "table.h"

#include <errno.h>
#include <string.h>

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

/* Rows in the order of the cases, whoever worked them out. */
static int write_tables(const struct options *options, const struct plan *plan,
                        const cohort_result *results)
{
	FILE *table = table_open(options->output, &layout);

	for (size_t i = 0; table && i < plan->count; i++) {
		const char *sea = plan->seas.all[i / plan->each].name;

		table_row(table, &layout, i, sea, &plan->tasks[i].point,
		          results[i].data, results[i].error);
	}
	if (table && table_close(table) == 0)
		return 0;
	return say_error("%s could not be written: %s", options->output,
	                 strerror(errno));
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
    .write = write_tables,
    .draw = draw,
};
