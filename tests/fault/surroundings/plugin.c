/* A plug-in that uses cohort, and knows nothing of being unloaded. */
#include <cohort.h>
#include <stddef.h>

int plugin_run(void);

int plugin_run(void)
{
	const cohort_options options = {.backend = "mp", .size = 2};
	cohort *group;

	if (cohort_open(&options, &group) || cohort_barrier(group))
		return 1;
	return cohort_close(group) != COHORT_OK;
}
