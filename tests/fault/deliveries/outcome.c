#include "outcome.h"

#include <stdlib.h>

cohort_status sweep_scene(const cohort_job *job)
{
	scene.seen = calloc(1, scene.count + 1);
	return cohort_scatter(scene.group, job, NULL, scene.count);
}

void expect_calls(size_t calls, size_t failed)
{
	if (scene.rank == 0 && (scene.calls != calls || scene.failed != failed))
		fail("%zu calls, %zu of them for failed tasks: %s", scene.calls,
		     scene.failed, cohort_error());
}

/* The first task that did not come. */
static size_t first_missing(void)
{
	size_t index = 0;

	while (index < scene.count && scene.seen[index])
		index++;
	return index;
}

void expect_all_called(void)
{
	if (scene.rank == 0 && scene.calls != scene.count)
		fail("%zu calls, none for task %zu", scene.calls,
		     first_missing());
}

void expect_gathered(void)
{
	cohort_results *results;
	size_t count;

	if (cohort_gather(scene.group, &results) != COHORT_OK)
		fail("cohort_gather: %s", cohort_error());
	const cohort_result *all = cohort_results_all(results, &count);
	if (count != scene.count)
		fail("%zu results", count);
	for (size_t i = 0; i < count; i++) {
		if (all[i].index != i || all[i].rank < 0)
			fail("result %zu: task %zu", i, all[i].index);
		if (all[i].status == COHORT_OK)
			check_data(&all[i]);
	}
	cohort_results_free(results);
}
