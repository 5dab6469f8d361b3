#include "halt.h"

#include "base/library_sentence.h"

#include <stdio.h>

bool halt_is_due(const struct worker_setup *setup, uint64_t more)
{
	const uint64_t most = setup->setup->halt_at;
	cohort_counts counts;

	if (most == 0)
		return false;
	if (setup->failed >= most)
		return true;
	return cohort_progress(setup->group, &counts) == COHORT_OK &&
	       counts.failed + more >= most;
}

void halt_sweep(const struct worker_setup *setup)
{
	if (cohort_stop(setup->group) != COHORT_OK)
		fprintf(stderr, "cohort: --halt: %s\n", library_sentence());
}

/* The results that the journal has come first. */
int halt_count_result(void *arg, const cohort_result *result)
{
	struct worker_setup *setup = arg;
	cohort_counts counts = {0};

	if (setup->results++ == 0 &&
	    cohort_progress(setup->group, &counts) == COHORT_OK)
		setup->resumed = counts.resumed;
	if (setup->results <= setup->resumed || result->status == COHORT_OK)
		return 0;
	setup->failed++;
	if (halt_is_due(setup, 0))
		halt_sweep(setup);
	return 0;
}
