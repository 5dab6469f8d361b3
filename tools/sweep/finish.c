#define _POSIX_C_SOURCE 200809L
#include "finish.h"

#include "base/exit_status.h"
#include "base/memory.h"
#include "group.h"
#include "loaded.h"
#include "parse_anew.h"
#include "report.h"
#include "summary.h"

#include <stdio.h>
#include <stdlib.h>

static struct outcome *list_outcomes(const cohort_results *results,
                                     size_t *count)
{
	const cohort_result *all = cohort_results_all(results, count);
	struct outcome *outcomes = memory_new(*count, sizeof(*outcomes));

	for (size_t i = 0; i < *count; i++)
		outcomes[i] = (struct outcome){
		    .is_known = all[i].status == COHORT_OK ||
		                all[i].status == COHORT_ETASK,
		    .data = all[i].data,
		    .bytes = all[i].bytes,
		    .error = all[i].error,
		};
	return outcomes;
}

/* The table and the summary. */
static int report_outcomes(const struct sweep *sweep,
                           const struct outcome outcomes[])
{
	const struct sweep_options *options = sweep->plan->options;
	const struct only *only = &sweep->plan->only;
	const struct chosen all = {0};
	cohort_counts counts = {0};
	const struct report report = {
	    .table = &sweep->root.table,
	    .outcomes = outcomes,
	    .measures = sweep->plan->measures,
	};
	int status = EXIT_DONE;

	if (cohort_progress(sweep->group, &counts) != COHORT_OK)
		status = group_failed();
	const struct summary summary = {
	    .outcomes = outcomes,
	    .count = sweep->root.table.rows,
	    .chosen =
	        only->failed || only->count > 0 ? &sweep->setup.chosen : &all,
	    .resumed = counts.resumed + sweep->setup.mended,
	    .seconds = sweep->seconds,
	    .backend = cohort_backend(sweep->group),
	    .ranks = cohort_size(sweep->group),
	    .journal = sweep->plan->journal,
	};
	if (summary_print(&summary, stderr) > 0)
		status = EXIT_TASKS;
	if (options->output &&
	    !report_write(&report, options->output, options->output_format))
		status = EXIT_SYSTEM;
	return status;
}

/* Of a sweep that has run all tasks. */
static int report_results(const struct sweep *sweep,
                          const cohort_results *results)
{
	size_t count;
	struct outcome *outcomes = list_outcomes(results, &count);
	void **owned = memory_new(count, sizeof(*owned));

	parse_anew(sweep->plan->journal, &sweep->plan->parse, outcomes, owned,
	           count);
	const int status = report_outcomes(sweep, outcomes);
	for (size_t i = 0; i < count; i++)
		free(owned[i]);
	free(owned);
	free(outcomes);
	return status;
}

int finish_report(const struct sweep *sweep, const cohort_results *results)
{
	struct loaded loaded = {0};
	int status = EXIT_SYSTEM;

	if (!sweep->setup.chosen.is_limited)
		return report_results(sweep, results);
	if (loaded_read_for(sweep->plan->journal, &sweep->root.table,
	                    sweep->setup.ties, &sweep->plan->parse, &loaded))
		status = report_outcomes(sweep, loaded.outcomes);
	loaded_free(&loaded);
	return status;
}
