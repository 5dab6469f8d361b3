#include "gather_counts.h"

/* The sentence has the two numbers as signatures contain them: they are exact
 * below 2^32. */
cohort_status gather_counts_wrong(const struct rendezvous *rdv, int r,
                                  uint32_t sent, uint32_t expected)
{
	const struct world_failure world_failure = {
	    .reason = WORLD_FAILURE_COUNTS,
	    .a = r,
	    .b = rdv->wait.call->root,
	    .number = sent,
	    .number_b = expected,
	};

	return wait_break(&rdv->wait, &world_failure);
}
