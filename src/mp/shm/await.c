#include "await.h"

#include "mismatch.h"

/* The first rank that has not arrived; this rank if all have. */
static int first_absent(const struct rendezvous *rdv)
{
	for (int r = 0; r < rdv->size; r++)
		if (atomic_load(&rendezvous_arrival(rdv, r)->number) !=
		    rdv->number)
			return r;
	return rdv->rank;
}

cohort_status await_backing_off(struct rendezvous *rdv, _Atomic uint64_t *word,
                                uint64_t value, int rank)
{
	struct backoff backoff = {.wait = &rdv->wait, .plane = rdv->plane};
	unsigned compared = 0;
	cohort_status status = COHORT_OK;

	wait_for_word(&rdv->wait, rank, word, value);
	while (status == COHORT_OK && !await_reached(word, value)) {
		status = backoff_step(&backoff);
		if (status != COHORT_OK || backoff.rounds == compared)
			continue;
		compared = backoff.rounds;
		status = mismatch_check_arrived(rdv);
		if (rank == rdv->rank)
			wait_for_word(&rdv->wait, first_absent(rdv), word,
			              value);
	}
	backoff_end(&backoff);
	wait_for_nobody(&rdv->wait);
	rdv->wait.deadline = 0; /* the next wait has one of its own */
	return status;
}
