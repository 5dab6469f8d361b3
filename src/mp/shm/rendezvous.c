#include "rendezvous.h"

#include "backoff.h"
#include "common/base/error.h"
#include "copy.h"
#include "core_share.h"
#include "staging.h"

#include <sched.h>

/* Whether a flag's signature goes with this rank's. */
static inline bool goes_with(const struct rendezvous *rdv, uint64_t theirs)
{
	const uint64_t difference = rdv->signature ^ theirs;

	return rdv->wait.call->counts == COUNTS_SAME ? difference == 0
	                                             : difference >> 32 == 0;
}

bool rendezvous_is_counted(const struct rendezvous *rdv)
{
	return !rdv->plane->flat;
}

static cohort_status mismatch(struct rendezvous *rdv, int r)
{
	const struct rank_record *records = rdv->wait.world->control->records;
	struct world_failure world_failure = {
	    .reason = WORLD_FAILURE_MISMATCH,
	    .a = r,
	    .b = rdv->rank,
	    .call_a = records[r].call,
	    .call_b = *rdv->wait.call,
	};
	/* It may have refused this call, and be in the next. */
	cohort_status status = wait_look(&rdv->wait);

	if (status != COHORT_OK)
		return status;
	/* Or this rank has refused the one that it is in. */
	if (control_has_refused(rdv->wait.world->control, rdv->rank,
	                        atomic_load(&records[r].entered))) {
		world_failure.reason = WORLD_FAILURE_REFUSED;
		world_failure.call_b = (struct call){
		    .kind = atomic_load(&records[rdv->rank].refusal)};
	}
	return wait_break(&rdv->wait, &world_failure);
}

/* Compare with all who have come, whoever is being waited for. */
static cohort_status compare_all(struct rendezvous *rdv)
{
	for (int r = 0; r < rdv->size; r++) {
		const struct arrival *arrival = rendezvous_arrival(rdv, r);
		if (atomic_load_explicit(&arrival->number,
		                         memory_order_acquire) == rdv->number &&
		    !goes_with(rdv, arrival->signature))
			return mismatch(rdv, r);
	}
	return COHORT_OK;
}

/* Who has not come; this rank if all have. */
static int first_absent(const struct rendezvous *rdv)
{
	for (int r = 0; r < rdv->size; r++)
		if (atomic_load(&rendezvous_arrival(rdv, r)->number) !=
		    rdv->number)
			return r;
	return rdv->rank;
}

static inline bool has_come(_Atomic uint64_t *word, uint64_t value)
{
	return atomic_load_explicit(word, memory_order_acquire) >= value;
}

/* Wait until a word is at least `value`. `rank` is who will make it so; this
 * rank itself stands for whoever has not come. */
static cohort_status await(struct rendezvous *rdv, _Atomic uint64_t *word,
                           uint64_t value, int rank)
{
	struct backoff backoff = {.wait = &rdv->wait, .plane = rdv->plane};
	unsigned compared = 0;
	cohort_status status = COHORT_OK;

	wait_for_word(&rdv->wait, rank, word, value);
	while (status == COHORT_OK && !has_come(word, value)) {
		status = backoff_step(&backoff);
		if (status != COHORT_OK || backoff.rounds == compared)
			continue;
		compared = backoff.rounds;
		status = compare_all(rdv);
		if (rank == rdv->rank)
			wait_for_word(&rdv->wait, first_absent(rdv), word,
			              value);
	}
	backoff_end(&backoff);
	wait_for_nobody(&rdv->wait);
	rdv->wait.deadline = 0; /* the next wait has one of its own */
	return status;
}

/* Without a pause between looks, which would only make the last one late. */
static inline bool comes_within(int spins, _Atomic uint64_t *word,
                                uint64_t value)
{
	for (int i = 0; i < spins; i++)
		if (has_come(word, value))
			return true;
	return false;
}

/* Ranks in step are less than that many looks apart: no need to say who waits
 * for whom. */
enum { SOON = 128 };

cohort_status rendezvous_await(struct rendezvous *rdv,
                               _Atomic uint64_t *counter, uint64_t value,
                               int rank)
{
	return comes_within(SOON, counter, value)
	           ? COHORT_OK
	           : await(rdv, counter, value, rank);
}

/* The root of a gather has brought what it counts on: for each rank, as in its
 * signature. */
static uint32_t *counts_place(const struct rendezvous *rdv)
{
	void *place =
	    staging_of(rdv, rdv->gather, (size_t)rdv->size * sizeof(uint32_t));

	return place;
}

/* What this rank has written is not read back: others may have the line. */
static uint32_t count_sent(const struct rendezvous *rdv, int r)
{
	return (uint32_t)(r == rdv->rank
	                      ? rdv->signature
	                      : rendezvous_arrival(rdv, r)->signature);
}

COHORT_COLD static cohort_status wrong_count(const struct rendezvous *rdv,
                                             int r, uint32_t sent,
                                             uint32_t expected)
{
	/* The numbers are exact below 2^32. */
	const struct world_failure world_failure = {
	    .reason = WORLD_FAILURE_COUNTS,
	    .a = r,
	    .b = rdv->gather,
	    .number = sent,
	    .number_b = expected,
	};

	return wait_break(&rdv->wait, &world_failure);
}

/* Every rank compares all, so that all of them know. */
static cohort_status compare_gather(const struct rendezvous *rdv)
{
	const uint32_t *place = rdv->counts ? NULL : counts_place(rdv);

	for (int r = 0; r < rdv->size; r++) {
		const uint32_t sent = count_sent(rdv, r);
		const uint32_t expected =
		    place ? place[r] : signature_fold(rdv->counts[r]);
		if (sent != expected)
			return wrong_count(rdv, r, sent, expected);
	}
	return COHORT_OK;
}

static inline cohort_status compare_counts(const struct rendezvous *rdv)
{
	return rdv->gather == NO_GATHER ? COHORT_OK : compare_gather(rdv);
}

/* The last to come, for all. */
static cohort_status compare_last(struct rendezvous *rdv)
{
	cohort_status status = compare_all(rdv);

	return status == COHORT_OK ? compare_counts(rdv) : status;
}

static void write_counts(const struct rendezvous *rdv)
{
	uint32_t *place = counts_place(rdv);

	for (int r = 0; r < rdv->size; r++)
		place[r] = signature_fold(rdv->counts[r]);
}

/* All of the line at once. */
static inline void announce_arrival(struct rendezvous *rdv)
{
	struct arrival *arrival = rendezvous_arrival(rdv, rdv->rank);

	if (rdv->counts)
		write_counts(rdv);
	else if (rdv->payload_bytes > 0)
		shm_copy_few(arrival->payload, rdv->payload,
		             rdv->payload_bytes);
	arrival->signature = rdv->signature;
	atomic_store_explicit(&arrival->number, rdv->number,
	                      memory_order_release);
	rdv->payload_bytes = 0;
}

static cohort_status join_flat(struct rendezvous *rdv)
{
	cohort_status status = wait_check(&rdv->wait);

	if (status != COHORT_OK)
		return status;
	announce_arrival(rdv);
	backoff_wake(rdv->wait.world->control);
	for (int r = 0; r < rdv->size; r++) {
		struct arrival *arrival = rendezvous_arrival(rdv, r);
		if (r == rdv->rank)
			continue;
		status =
		    rendezvous_await(rdv, &arrival->number, rdv->number, r);
		if (status != COHORT_OK)
			return status;
		if (!goes_with(rdv, arrival->signature))
			return mismatch(rdv, r);
	}
	rdv->plane->rendezvous_count = rdv->number;
	return compare_counts(rdv);
}

void rendezvous_release(struct rendezvous *rdv)
{
	atomic_store_explicit(&rdv->arena->barrier->complete, rdv->number,
	                      memory_order_release);
	backoff_wake(rdv->wait.world->control);
}

/* Ranks that take turns on the cores are a few switches of processes apart. One
 * of them takes less than a thousand looks. */
enum { YIELDS = 2, SWITCHES = 5000 };

static bool comes_in_turn(const struct rendezvous *rdv, _Atomic uint64_t *word)
{
	for (int i = 0; i < YIELDS; i++) {
		if (core_share_all_arrived(rdv->plane, rdv->number) &&
		    comes_within(SWITCHES, word, rdv->number))
			return true;
		sched_yield();
		if (has_come(word, rdv->number))
			return true;
	}
	return false;
}

static cohort_status join_counted(struct rendezvous *rdv, bool *last)
{
	struct barrier *barrier = rdv->arena->barrier;
	cohort_status status = wait_check(&rdv->wait);

	*last = false;
	if (status != COHORT_OK)
		return status;
	announce_arrival(rdv);
	core_share_arrive(rdv->plane, rdv->number);
	*last = atomic_fetch_add(&barrier->arrived, 1) + 1 ==
	        rdv->number * (uint64_t)rdv->size;
	if (*last)
		status = compare_last(rdv);
	else if (!comes_in_turn(rdv, &barrier->complete))
		status = await(rdv, &barrier->complete, rdv->number, rdv->rank);
	if (status == COHORT_OK)
		rdv->plane->rendezvous_count = rdv->number;
	return status;
}

cohort_status rendezvous_join_last(struct rendezvous *rdv, bool *last)
{
	*last = false;
	return rendezvous_is_counted(rdv) ? join_counted(rdv, last)
	                                  : join_flat(rdv);
}

cohort_status rendezvous_join(struct rendezvous *rdv)
{
	bool last;

	if (!rendezvous_is_counted(rdv))
		return join_flat(rdv);
	cohort_status status = join_counted(rdv, &last);
	if (status == COHORT_OK && last)
		rendezvous_release(rdv);
	return status;
}

void rendezvous_next(struct rendezvous *rdv)
{
	rdv->number++;
}

void rendezvous_advance(struct rendezvous *rdv, _Atomic uint64_t *counter,
                        uint64_t value)
{
	atomic_store_explicit(counter, value, memory_order_release);
	backoff_wake(rdv->wait.world->control);
}
