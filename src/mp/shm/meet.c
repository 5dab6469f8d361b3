#include "meet.h"

#include "common/error.h"
#include "copy.h"
#include "core.h"
#include "idle.h"
#include "place.h"

#include <sched.h>

/* Whether a flag's signature goes with this rank's. */
static inline bool goes_with(const struct meet *meet, uint64_t theirs)
{
	const uint64_t difference = meet->signature ^ theirs;

	return meet->wait.call->counts == COUNTS_SAME ? difference == 0
	                                              : difference >> 32 == 0;
}

bool meet_counts(const struct meet *meet)
{
	return !meet->wait.world->flat;
}

static cohort_status mismatch(struct meet *meet, int r)
{
	const struct line *lines = meet->wait.world->control->lines;
	struct breakage breakage = {
	    .reason = BREAKAGE_MISMATCH,
	    .a = r,
	    .b = meet->rank,
	    .call_a = lines[r].call,
	    .call_b = *meet->wait.call,
	};
	/* It may have refused this call, and be in the next. */
	cohort_status status = wait_look(&meet->wait);

	if (status != COHORT_OK)
		return status;
	/* Or this rank has refused the one that it is in. */
	if (control_has_refused(meet->wait.world->control, meet->rank,
	                        atomic_load(&lines[r].entered))) {
		breakage.reason = BREAKAGE_REFUSED;
		breakage.call_b = (struct call){
		    .kind = atomic_load(&lines[meet->rank].refusal)};
	}
	return wait_break(&meet->wait, &breakage);
}

/* Compare with all who have come, whoever is being waited for. */
static cohort_status compare_all(struct meet *meet)
{
	for (int r = 0; r < meet->size; r++) {
		const struct flag *flag = meet_flag(meet, r);
		if (atomic_load_explicit(
		        &flag->meeting, memory_order_acquire) == meet->number &&
		    !goes_with(meet, flag->signature))
			return mismatch(meet, r);
	}
	return COHORT_OK;
}

/* Who has not come; this rank if all have. */
static int first_absent(const struct meet *meet)
{
	for (int r = 0; r < meet->size; r++)
		if (atomic_load(&meet_flag(meet, r)->meeting) != meet->number)
			return r;
	return meet->rank;
}

static inline bool has_come(_Atomic uint64_t *word, uint64_t value)
{
	return atomic_load_explicit(word, memory_order_acquire) >= value;
}

/* Wait until a word is at least `value`. `rank` is who will make it so; this
 * rank itself stands for whoever has not come. */
static cohort_status await(struct meet *meet, _Atomic uint64_t *word,
                           uint64_t value, int rank)
{
	struct idle idle = {.wait = &meet->wait};
	unsigned compared = 0;
	cohort_status status = COHORT_OK;

	wait_for_word(&meet->wait, rank, word, value);
	while (status == COHORT_OK && !has_come(word, value)) {
		status = idle_step(&idle);
		if (status != COHORT_OK || idle.rounds == compared)
			continue;
		compared = idle.rounds;
		status = compare_all(meet);
		if (rank == meet->rank)
			wait_for_word(&meet->wait, first_absent(meet), word,
			              value);
	}
	idle_end(&idle);
	wait_for_nobody(&meet->wait);
	meet->wait.deadline = 0; /* the next wait has one of its own */
	return status;
}

/* Without a pause between looks, which would only make the last one late. */
static inline bool comes_within(int looks, _Atomic uint64_t *word,
                                uint64_t value)
{
	for (int i = 0; i < looks; i++)
		if (has_come(word, value))
			return true;
	return false;
}

/* Ranks in step are less than that many looks apart: no need to say who waits
 * for whom. */
enum { SOON = 128 };

cohort_status meet_await(struct meet *meet, _Atomic uint64_t *counter,
                         uint64_t value, int rank)
{
	return comes_within(SOON, counter, value)
	           ? COHORT_OK
	           : await(meet, counter, value, rank);
}

/* The root of a gather has brought what it counts on: for each rank, as in its
 * signature. */
static uint32_t *counts_place(const struct meet *meet)
{
	void *place =
	    place_of(meet, meet->gather, (size_t)meet->size * sizeof(uint32_t));

	return place;
}

/* What this rank has written is not read back: others may have the line. */
static uint32_t count_sent(const struct meet *meet, int r)
{
	return (uint32_t)(r == meet->rank ? meet->signature
	                                  : meet_flag(meet, r)->signature);
}

COHORT_COLD static cohort_status wrong_count(const struct meet *meet, int r,
                                             uint32_t sent, uint32_t expected)
{
	/* The numbers are exact below 2^32. */
	const struct breakage breakage = {
	    .reason = BREAKAGE_COUNTS,
	    .a = r,
	    .b = meet->gather,
	    .number = sent,
	    .number_b = expected,
	};

	return wait_break(&meet->wait, &breakage);
}

/* Every rank compares all, so that all of them know. */
static cohort_status compare_gather(const struct meet *meet)
{
	const uint32_t *place = meet->counts ? NULL : counts_place(meet);

	for (int r = 0; r < meet->size; r++) {
		const uint32_t sent = count_sent(meet, r);
		const uint32_t expected =
		    place ? place[r] : signature_fold(meet->counts[r]);
		if (sent != expected)
			return wrong_count(meet, r, sent, expected);
	}
	return COHORT_OK;
}

static inline cohort_status compare_counts(const struct meet *meet)
{
	return meet->gather == NO_GATHER ? COHORT_OK : compare_gather(meet);
}

/* The last to come, for all. */
static cohort_status compare_last(struct meet *meet)
{
	cohort_status status = compare_all(meet);

	return status == COHORT_OK ? compare_counts(meet) : status;
}

static void write_counts(const struct meet *meet)
{
	uint32_t *place = counts_place(meet);

	for (int r = 0; r < meet->size; r++)
		place[r] = signature_fold(meet->counts[r]);
}

/* All of the line at once. */
static inline void raise_flag(struct meet *meet)
{
	struct flag *flag = meet_flag(meet, meet->rank);

	if (meet->counts)
		write_counts(meet);
	else if (meet->luggage_bytes > 0)
		shm_copy_few(flag->payload, meet->luggage, meet->luggage_bytes);
	flag->signature = meet->signature;
	atomic_store_explicit(&flag->meeting, meet->number,
	                      memory_order_release);
	meet->luggage_bytes = 0;
}

static cohort_status meet_flags(struct meet *meet)
{
	cohort_status status = wait_check(&meet->wait);

	if (status != COHORT_OK)
		return status;
	raise_flag(meet);
	idle_wake(meet->wait.world);
	for (int r = 0; r < meet->size; r++) {
		struct flag *flag = meet_flag(meet, r);
		if (r == meet->rank)
			continue;
		status = meet_await(meet, &flag->meeting, meet->number, r);
		if (status != COHORT_OK)
			return status;
		if (!goes_with(meet, flag->signature))
			return mismatch(meet, r);
	}
	meet->wait.world->meetings = meet->number;
	return compare_counts(meet);
}

void meet_release(struct meet *meet)
{
	atomic_store_explicit(&meet->arena->hall->complete, meet->number,
	                      memory_order_release);
	idle_wake(meet->wait.world);
}

/* Ranks that take turns on the cores are a few switches of processes apart. One
 * of them takes less than a thousand looks. */
enum { YIELDS = 2, SWITCHES = 5000 };

static bool comes_in_turn(const struct meet *meet, _Atomic uint64_t *word)
{
	const struct mp_world *world = meet->wait.world;

	for (int i = 0; i < YIELDS; i++) {
		if (core_all_came(world, meet->number) &&
		    comes_within(SWITCHES, word, meet->number))
			return true;
		sched_yield();
		if (has_come(word, meet->number))
			return true;
	}
	return false;
}

static cohort_status meet_counted(struct meet *meet, bool *last)
{
	struct hall *hall = meet->arena->hall;
	cohort_status status = wait_check(&meet->wait);

	*last = false;
	if (status != COHORT_OK)
		return status;
	raise_flag(meet);
	core_come(meet->wait.world, meet->number);
	*last = atomic_fetch_add(&hall->arrivals, 1) + 1 ==
	        meet->number * (uint64_t)meet->size;
	if (*last)
		status = compare_last(meet);
	else if (!comes_in_turn(meet, &hall->complete))
		status = await(meet, &hall->complete, meet->number, meet->rank);
	if (status == COHORT_OK)
		meet->wait.world->meetings = meet->number;
	return status;
}

cohort_status meet_all_but(struct meet *meet, bool *last)
{
	*last = false;
	return meet_counts(meet) ? meet_counted(meet, last) : meet_flags(meet);
}

cohort_status meet_all(struct meet *meet)
{
	bool last;

	if (!meet_counts(meet))
		return meet_flags(meet);
	cohort_status status = meet_counted(meet, &last);
	if (status == COHORT_OK && last)
		meet_release(meet);
	return status;
}

void meet_next(struct meet *meet)
{
	meet->number++;
}

void meet_advance(struct meet *meet, _Atomic uint64_t *counter, uint64_t value)
{
	atomic_store_explicit(counter, value, memory_order_release);
	idle_wake(meet->wait.world);
}
