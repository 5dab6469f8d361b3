#include "await.h"

#include "mismatch.h"

/* How many ranks a waiting rank checks between two sleeps. All ranks do, so
 * without a bound the cost would grow with the square of their number, and a
 * thousand ranks that wait would keep the cores busy. */
enum { RANKS_PER_CHECK = 64 };

/* How many before the first sleep. Most waits end soon, and a thousand ranks
 * that read each other's arrivals map many pages, at their open and at their
 * end. */
enum { RANKS_AT_FIRST = 8 };

/* The first rank that has not arrived at rendezvous `number`, of `count` from
 * `first` on. */
static int first_absent(const struct rendezvous *rdv, uint64_t number,
                        int first, int count)
{
	int r = first;

	while (r < rdv->size - 1 && r < first + count &&
	       atomic_load(&rendezvous_arrival_at(rdv, r, number)->number) ==
	           number)
		r++;
	return r;
}

cohort_status await_backing_off(struct rendezvous *rdv, _Atomic uint64_t *word,
                                uint64_t value, int rank)
{
	struct backoff backoff = {.wait = &rdv->wait, .plane = rdv->plane};
	unsigned rounds = 0;
	int compared = rdv->rank;
	int absent = 0;
	cohort_status status = COHORT_OK;

	wait_for_word(&rdv->wait, rank, word, value);
	while (status == COHORT_OK && !await_reached(word, value)) {
		status = backoff_step(&backoff);
		if (status != COHORT_OK || backoff.rounds == rounds)
			continue;
		const int checked = rounds == 0 && rdv->size > RANKS_PER_CHECK
		                        ? RANKS_AT_FIRST
		                        : RANKS_PER_CHECK;
		rounds = backoff.rounds;
		status = mismatch_check_some(rdv, compared, checked);
		compared = (compared + checked) % rdv->size;
		if (rank != rdv->rank)
			continue;
		absent = first_absent(rdv, value, absent, checked);
		wait_for_word(&rdv->wait, absent, word, value);
	}
	backoff_end(&backoff);
	wait_for_nobody(&rdv->wait);
	rdv->wait.limit.at = 0; /* the next wait has one of its own */
	return status;
}
