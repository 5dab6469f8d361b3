/* A plug-in that uses cohort, and knows nothing of being unloaded. It has ranks of its
 * own unless a launcher has started it. */
#include <cohort.h>
#include <stddef.h>
#include <stdlib.h>

int plugin_run(void);

int plugin_run(void)
{
	const bool launched =
	    getenv("PMI_RANK") || getenv("OMPI_COMM_WORLD_RANK");
	const cohort_options alone = {.backend = "mp", .size = 2};
	cohort *group;

	if (cohort_open(launched ? NULL : &alone, &group) ||
	    cohort_barrier(group))
		return 1;
	if (launched && cohort_size(group) != 2)
		return 1;
	return cohort_close(group) != COHORT_OK;
}
