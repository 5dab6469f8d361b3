#define _POSIX_C_SOURCE 200809L
#include "survivors.h"

#include "common/base/c_locale.h"
#include "common/base/log.h"
#include "common/base/region_allocator.h"
#include "common/base/worker_stats.h"
#include "group_sweeps.h"
#include "signal_stop.h"
#include "steps.h"
#include "victims.h"

#include <stdlib.h>
#include <string.h>

static struct rank_counters *counters_at(const struct world *world, int r)
{
	return &world->stats->ranks[r];
}

static bool takes_part(const struct sweep_run *run)
{
	return run->group->world->survival != NULL;
}

bool survivors_remain(const cohort *group)
{
	const struct world *world = group->world;

	return world->survival && world->survival->is_possible(world);
}

static void wake_if_failed(struct world *world)
{
	if (atomic_load(world->failed))
		world->survival->wake(world);
}

static void write_step(struct sweep_run *run, enum step step)
{
	struct world *world = run->group->world;

	atomic_store(&counters_at(world, world->rank)->step,
	             step_word(run->number, run->serial, step));
}

static void decide(struct sweep_run *run, unsigned serial,
                   enum decision decision)
{
	struct world *world = run->group->world;

	atomic_store(&world->stats->decided,
	             step_word(run->number, serial, decision));
	wake_if_failed(world);
}

void survivors_enter(struct sweep_run *run)
{
	run->number =
	    step_sweep(run->group->world->number, ++run->sweeps->scatters);
}

void survivors_ready(struct sweep_run *run, cohort_status mine)
{
	const struct world *world = run->group->world;
	const struct result_store *store = &run->sweep->store;

	if (!takes_part(run))
		return;
	struct rank_counters *own = counters_at(world, world->rank);
	const bool shared = store->regions && store->regions == world->regions;
	/* The number changes first and last, so that nobody takes the records of
	 * one sweep for those of another. */
	atomic_store(&own->store_sweep, 0);
	atomic_store(&own->store, shared ? (uintptr_t)store->records : 0);
	atomic_store(&own->stored, store->used);
	atomic_store(&own->running, 0);
	atomic_store(&own->built, run->built);
	atomic_store(&own->buried, 0);
	atomic_store(&own->store_sweep, run->number);
	run->sweep->number = run->number;
	survivors_rest(run, mine);
}

void survivors_rest(struct sweep_run *run, cohort_status mine)
{
	struct world *world = run->group->world;

	if (!takes_part(run))
		return;
	atomic_store(&counters_at(world, world->rank)->status, (int)mine);
	write_step(run, STEP_READY);
	wake_if_failed(world);
}

void survivors_begin(struct sweep_run *run)
{
	run->passes = 1;
	if (!takes_part(run))
		return;
	write_step(run, STEP_WORKS);
	if (run->group->world->rank == 0)
		decide(run, 0, DECISION_BEGUN);
}

/* Either rank 0, which is about to decide, sees that this rank works, or this
 * rank sees that the world has failed: each writes before it reads. */
bool survivors_begin_pass(struct sweep_run *run)
{
	run->passes++;
	if (!takes_part(run))
		return true;
	write_step(run, STEP_WORKS);
	if (!atomic_load(run->group->world->failed))
		return true;
	write_step(run, STEP_READY);
	return false;
}

/* Rank 0 has decided so, or it has left without any decision. */
static bool is_refused(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const uint64_t decided = atomic_load(&world->stats->decided);
	const uint64_t step = atomic_load(&counters_at(world, 0)->step);

	if (step_sweep_of(decided) == run->number)
		return step_kind_of(decided) == DECISION_REFUSED;
	return step == step_word(run->number, 0, STEP_LEFT);
}

/* Once, by the first process of rank 0 that notices. */
static void log_death(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	char text[VICTIM_BYTES];

	if (world->rank != 0 || atomic_exchange(&world->stats->told, 1))
		return;
	victims_describe(run, text);
	log_line(LOG_WARN, 0,
	         "%s; the other ranks go on with the sweep without it", text);
}

bool survivors_must_leave(const struct sweep_run *run)
{
	if (!survivors_remain(run->group))
		return true;
	log_death(run);
	if (is_refused(run))
		return true;
	/* Rank 0 may not have begun this pass: see what it decides. */
	return run->passes > 1 && run->serial == 0;
}

/* A condition that a rank waits for; *awaited receives the rank that delays
 * it. */
typedef bool (*wait_condition)(const cohort *group, uint64_t word,
                               int *awaited);

static cohort_status await(cohort *group, const struct call *call,
                           wait_condition holds, uint64_t word)
{
	struct world *world = group->world;
	struct survival_wait wait = {.call = call};
	cohort_status status = COHORT_OK;

	while (status == COHORT_OK) {
		wait.wakes = world->survival->wakes(world);
		if (holds(group, word, &wait.awaited))
			return COHORT_OK;
		status = world->survival->sleep(world, &wait);
	}
	return status;
}

/* Rank 0 takes no part in the sweep of `word` any more. */
static bool root_has_left(const cohort *group, uint64_t word)
{
	const uint64_t step = atomic_load(&counters_at(group->world, 0)->step);

	return step_sweep_of(step) == step_sweep_of(word) &&
	       step_kind_of(step) == STEP_LEFT;
}

/* Rank 0 has decided about the sweep of `word` for the first time. */
static bool has_decided(const cohort *group, uint64_t word, int *awaited)
{
	const uint64_t decided = atomic_load(&group->world->stats->decided);

	*awaited = 0;
	return step_sweep_of(decided) == step_sweep_of(word) ||
	       root_has_left(group, word);
}

/* Rank 0 has taken a decision after the one of `word`. */
static bool has_decided_again(const cohort *group, uint64_t word, int *awaited)
{
	const uint64_t decided = atomic_load(&group->world->stats->decided);

	*awaited = 0;
	return (step_sweep_of(decided) == step_sweep_of(word) &&
	        (step_serial_of(decided) > step_serial_of(word) ||
	         step_kind_of(decided) >= DECISION_END)) ||
	       root_has_left(group, word);
}

/* Rank 0 has ended the sweep of `word`, or has begun another one since. */
static bool has_ended(const cohort *group, uint64_t word, int *awaited)
{
	const uint64_t decided = atomic_load(&group->world->stats->decided);

	*awaited = 0;
	return step_sweep_of(decided) != step_sweep_of(word) ||
	       step_kind_of(decided) >= DECISION_END;
}

/* Every rank has died, or has come to the sweep of `word`. */
static bool all_have_come(const cohort *group, uint64_t word, int *awaited)
{
	const struct world *world = group->world;

	for (int r = 1; r < world->size; r++) {
		const uint64_t step = atomic_load(&counters_at(world, r)->step);
		*awaited = r;
		if (step_sweep_of(step) != step_sweep_of(word) &&
		    !world->survival->is_dead(world, r))
			return false;
	}
	return true;
}

/* Every rank has died, has left, or runs no task after the decision of `word`. */
static bool all_rest(const cohort *group, uint64_t word, int *awaited)
{
	const struct world *world = group->world;

	for (int r = 1; r < world->size; r++) {
		const uint64_t step = atomic_load(&counters_at(world, r)->step);
		const bool left = step_sweep_of(step) == step_sweep_of(word) &&
		                  step_kind_of(step) == STEP_LEFT;
		*awaited = r;
		if (step != word && !left &&
		    !world->survival->is_dead(world, r))
			return false;
	}
	return true;
}

/* Whether all ranks that live are READY for the sweep, or work on it. */
static bool all_can_begin(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	for (int r = 0; r < world->size; r++) {
		const struct rank_counters *counters = counters_at(world, r);
		const uint64_t step = atomic_load(&counters->step);
		/* It may have ended since then, too. */
		if (step == step_word(run->number, 0, STEP_LEFT))
			return false;
		if (r > 0 && world->survival->is_dead(world, r))
			continue;
		if (atomic_load(&counters->status) != COHORT_OK)
			return false;
	}
	return true;
}

/* A rank that has died before it was READY does not count, on no rank: no rank
 * can have completed the exchange without it. */
static void count_able(struct sweep_run *run)
{
	const struct world *world = run->group->world;

	run->able = 0;
	run->before = 0;
	for (int r = 0; r < world->size; r++) {
		const struct rank_counters *counters = counters_at(world, r);
		if (atomic_load(&counters->store_sweep) != run->number ||
		    !atomic_load(&counters->built))
			continue;
		run->able++;
		run->before += r < world->rank;
	}
}

cohort_status survivors_begin_late(struct sweep_run *run)
{
	struct world *world = run->group->world;
	const uint64_t word = step_word(run->number, 0, STEP_READY);
	cohort_status status;

	if (world->rank == 0) {
		status = await(run->group, &run->call, all_have_come, word);
		if (status == COHORT_OK)
			decide(run, 0,
			       all_can_begin(run) ? DECISION_BEGUN
			                          : DECISION_REFUSED);
	} else {
		status = await(run->group, &run->call, has_decided, word);
	}
	if (status != COHORT_OK)
		return status;
	if (is_refused(run))
		return error_set(COHORT_EPEER, "%s", run->group->sentence);
	count_able(run);
	if (run->workers > 0 && run->able == 0)
		return error_set(COHORT_EBUILD,
		                 "cohort_scatter: build failed on all workers "
		                 "that have not died");
	run->passes = 1;
	write_step(run, STEP_WORKS);
	return COHORT_OK;
}

/* The records that rank r has of this sweep. */
struct kept_records {
	const unsigned char *start; /* NULL: none that others can read */
	size_t bytes;
};

static struct kept_records records_of(const struct sweep_run *run, int r,
                                      size_t bytes)
{
	const struct world *world = run->group->world;
	const struct rank_counters *counters = counters_at(world, r);
	void *start = (void *)(uintptr_t)atomic_load(&counters->store);

	if (atomic_load(&counters->store_sweep) != run->number || !start ||
	    bytes == 0 || !world->regions->use(world->regions, start, 0, bytes))
		return (struct kept_records){0};
	return (struct kept_records){start, bytes};
}

/* A rank may have died while it wrote: stop at the first record that cannot
 * be. */
static void mark_records(struct kept_records records, size_t count,
                         unsigned char *done)
{
	const void *data;
	const char *error;

	for (size_t offset = 0; offset < records.bytes;) {
		const size_t left = records.bytes - offset;
		const struct record *record =
		    (const void *)(records.start + offset);
		if (left < RECORD_HEADER_BYTES || record->index >= count ||
		    record->bytes > left || record->error_bytes > left)
			return;
		record_read(records.start, &offset, &data, &error);
		bits_add(done, (size_t)record->index);
	}
}

/* Mark the tasks that have a result; of each rank so many bytes of records as
 * `stored` or `agreed` says. */
static unsigned char *find_done(struct sweep_run *run, bool agreed)
{
	const struct world *world = run->group->world;
	unsigned char *done = calloc(1, bits_bytes(run->sweep->count) + 1);

	for (int r = 0; done && r < world->size; r++) {
		const struct rank_counters *counters = counters_at(world, r);
		const size_t bytes = (size_t)atomic_load(
		    agreed ? &counters->agreed : &counters->stored);
		mark_records(records_of(run, r, bytes), run->sweep->count,
		             done);
	}
	if (!done)
		error_sys("cohort_scatter: calloc");
	return done;
}

static size_t count_missing(const struct sweep_run *run,
                            const unsigned char *done)
{
	size_t missing = 0;

	for (size_t i = 0; i < run->sweep->count; i++)
		missing += !bits_have(done, i);
	return missing;
}

/* From now on these records count. */
static void agree_on_records(struct sweep_run *run)
{
	const struct world *world = run->group->world;

	for (int r = 0; r < world->size; r++) {
		struct rank_counters *counters = counters_at(world, r);
		const bool took_part =
		    atomic_load(&counters->store_sweep) == run->number;
		atomic_store(&counters->agreed,
		             took_part ? atomic_load(&counters->stored)
		                       : STEP_NONE);
		/* A rank that died after a claim left tasks there, as
		 * numbers in a list that is not valid any more. */
		atomic_store(&counters->steal_slot, 0);
	}
}

/* Whether some rank can run tasks, and none has a reason not to. */
static bool can_go_on(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	bool able = false;

	if (signal_stop_pending(world->stats))
		return false;
	for (int r = 0; r < world->size; r++) {
		const struct rank_counters *counters = counters_at(world, r);
		if (r > 0 && world->survival->is_dead(world, r))
			continue;
		if (step_kind_of(atomic_load(&counters->step)) == STEP_LEFT)
			continue;
		if (atomic_load(&counters->status) != COHORT_OK)
			return false;
		able |= atomic_load(&counters->built) &&
		        atomic_load(&counters->store);
	}
	return able;
}

/* On rank 0: bury the dead, and decide how the sweep goes on. */
static cohort_status decide_how(struct sweep_run *run)
{
	struct world *world = run->group->world;
	const uint64_t word = step_word(run->number, run->serial, STEP_READY);
	cohort_status status = await(run->group, &run->call, all_rest, word);
	bool buried = false;

	if (status != COHORT_OK)
		return status;
	unsigned char *done = find_done(run, false);
	if (!done)
		return COHORT_ENOMEM;
	status = victims_bury(run, done, &buried);
	const size_t missing = count_missing(run, done);
	free(done);
	if (status != COHORT_OK)
		return status;
	const bool hopeless = missing == run->missing && !buried;
	run->missing = missing;
	agree_on_records(run);
	if (missing > 0 && !hopeless && can_go_on(run)) {
		atomic_store(&world->stats->tickets[(run->serial + 1) % 2], 0);
		log_line(LOG_WARN, 0,
		         "tasks that are run again, because ranks have died: "
		         "%zu",
		         missing);
		decide(run, run->serial + 1, DECISION_PASS);
	} else {
		atomic_store(&world->stats->not_run, missing);
		decide(run, run->serial + 1, DECISION_END);
	}
	return COHORT_OK;
}

/* Begin the pass that rank 0 has decided. Its schedule is dynamic, since ranks
 * that still live share what the dead have left. */
static cohort_status follow(struct sweep_run *run)
{
	unsigned char *done = find_done(run, true);

	if (!done)
		return COHORT_ENOMEM;
	const bool made = todo_set(&run->todo, run->sweep->count, done);
	free(done);
	if (!made)
		return error_sys("cohort_scatter: malloc");
	run->schedule = COHORT_DYNAMIC;
	run->chunk = 0;
	write_step(run, STEP_WORKS);
	return COHORT_OK;
}

cohort_status survivors_agree(struct sweep_run *run, bool *again)
{
	struct world *world = run->group->world;
	const uint64_t word = step_word(run->number, run->serial, 0);
	cohort_status status;

	log_death(run);
	status = world->rank == 0
	             ? decide_how(run)
	             : await(run->group, &run->call, has_decided_again, word);
	if (status != COHORT_OK)
		return status;
	const uint64_t decided = atomic_load(&world->stats->decided);
	*again = step_kind_of(decided) == DECISION_PASS;
	run->serial = step_serial_of(decided);
	if (is_refused(run))
		return error_set(COHORT_EPEER, "%s", run->group->sentence);
	run->survived = !*again;
	return *again ? follow(run) : COHORT_OK;
}

void survivors_end(struct sweep_run *run, uint64_t not_run)
{
	const struct world *world = run->group->world;

	if (!takes_part(run) || world->rank != 0)
		return;
	agree_on_records(run);
	atomic_store(&world->stats->not_run, not_run);
	decide(run, run->serial, DECISION_END);
}

cohort_status survivors_conclude(struct sweep_run *run)
{
	cohort_status status =
	    survivors_await_end(run->group, &run->call, run->number);

	if (status != COHORT_OK)
		return status;
	run->survived = true;
	return survivors_say(run);
}

void survivors_leave(struct sweep_run *run)
{
	struct world *world = run->group->world;

	if (!takes_part(run) || !run->number)
		return;
	const uint64_t decided = atomic_load(&world->stats->decided);
	/* If no rank can have begun, the results of the sweep before stay. */
	if (world->rank == 0 && run->sweep && run->sweep->number &&
	    (step_sweep_of(decided) != run->number ||
	     step_kind_of(decided) < DECISION_END))
		decide(run, run->serial + 1, DECISION_REFUSED);
	run->serial = 0;
	write_step(run, STEP_LEFT);
	wake_if_failed(world);
}

cohort_status survivors_say(struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const unsigned long long not_run = atomic_load(&world->stats->not_run);
	const int signal = signal_stop_pending(world->stats);
	char text[VICTIM_BYTES];

	victims_describe(run, text);
	if (not_run == 0)
		error_set(COHORT_EPEER,
		          "cohort_scatter: %s; the other ranks have finished "
		          "the sweep, and cohort_gather has all results",
		          text);
	else if (signal)
		error_set(COHORT_ESTOPPED,
		          "cohort_scatter: %s, and signal %d (%s) stopped the "
		          "sweep: %llu of %zu tasks were not run; "
		          "cohort_gather has the results of the others",
		          text, signal, signal_text(signal), not_run,
		          run->sweep->count);
	else
		error_set(COHORT_EPEER,
		          "cohort_scatter: %s; %llu of %zu tasks were not "
		          "run, and cohort_gather has the results of the "
		          "others",
		          text, not_run, run->sweep->count);
	sweep_explain(run->sweep, signal ? COHORT_ESTOPPED : COHORT_EPEER);
	return group_finish(run->group, COHORT_EPEER);
}

cohort_status survivors_await_end(cohort *group, const struct call *call,
                                  uint64_t sweep)
{
	const uint64_t word = step_word(sweep, 0, 0);
	cohort_status status = await(group, call, has_ended, word);

	if (status != COHORT_OK)
		return status;
	const uint64_t decided = atomic_load(&group->world->stats->decided);
	if (step_sweep_of(decided) != sweep ||
	    step_kind_of(decided) != DECISION_END)
		return error_set(COHORT_EPEER, "%s", group->sentence);
	return COHORT_OK;
}

int survivors_attempts(const struct sweep_run *run, size_t index)
{
	const struct world *world = run->group->world;
	int attempts = 0;

	if (run->serial == 0)
		return 0;
	for (int r = 0; r < world->size; r++) {
		const struct rank_counters *counters = counters_at(world, r);
		if (!atomic_load(&counters->buried) ||
		    atomic_load(&counters->running) != index + 1)
			continue;
		const int attempt = atomic_load(&counters->attempt) + 1;
		attempts = attempt > attempts ? attempt : attempts;
	}
	return attempts;
}
