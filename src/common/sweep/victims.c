#define _POSIX_C_SOURCE 200809L
#include "victims.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "outside_signal.h"
#include "signal_stop.h"
#include "steps.h"
#include "task.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NO_RANK = -1 };

static bool is_victim(const struct sweep_run *run, int r)
{
	const struct world *world = run->group->world;
	const uint64_t step = atomic_load(&world->states->ranks[r].step);

	return world->survival->is_dead(world, r) &&
	       (step_sweep_of(step) != run->number ||
	        step_kind_of(step) != STEP_LEFT);
}

/* *more receives how many others there are. */
static int first_victim(const struct sweep_run *run, int *more)
{
	int first = NO_RANK;

	*more = 0;
	for (int r = 1; r < run->group->world->size; r++) {
		if (!is_victim(run, r))
			continue;
		*more += first != NO_RANK;
		first = first == NO_RANK ? r : first;
	}
	return first;
}

void victims_describe(const struct sweep_run *run, char text[VICTIM_BYTES])
{
	const struct world *world = run->group->world;
	int more;
	int first = first_victim(run, &more);

	/* The monitor may not have recorded the end yet, and a rank that had
	 * left the sweep is none of its victims. */
	if (first == NO_RANK)
		first = world->survival->describe_first(world, text,
		                                        VICTIM_BYTES / 2);
	else
		world->survival->describe(world, first, text, VICTIM_BYTES / 2);
	const struct rank_counters *dead = &world->stats->ranks[first];
	const uint64_t running = counter_read(&dead->running);
	size_t length = strlen(text);
	if (running > 0 &&
	    atomic_load(&world->states->ranks[first].store_sweep) ==
	        run->number)
		snprintf(text + length, VICTIM_BYTES - length, ", in task %llu",
		         (unsigned long long)(running - 1));
	length = strlen(text);
	if (more > 0)
		snprintf(text + length, VICTIM_BYTES - length,
		         ", and %d more rank%s died", more,
		         more == 1 ? "" : "s");
}

/* The task's failure is not the task's own if the whole job is being ended:
 * then this rank does not live on, or is told to stop, before this returns. */
static bool outlives(const struct world *world, bool *waited)
{
	static const struct timespec pause = {0, 10 * 1000 * 1000};
	const double end = clock_seconds() + (*waited ? 0 : OUTSIDE_SECONDS);

	while (clock_seconds() < end) {
		if (signal_stop_pending(world->states))
			return false;
		nanosleep(&pause, NULL);
	}
	*waited = true;
	return true;
}

/* At the task that the dead rank ran; a task may have overwritten it. */
static int attempt_of(const struct sweep_run *run,
                      const struct rank_counters *dead)
{
	const int attempt = atomic_load(&dead->attempt);

	return attempt >= 0 && attempt <= run->job->retries ? attempt : 0;
}

/* Keep the failure of the task, as a result of the rank that died. */
static cohort_status fail_task(struct sweep_run *run, int r, size_t index,
                               const char *how)
{
	struct world *world = run->group->world;
	struct rank_counters *own = &world->stats->ranks[world->rank];
	const struct rank_counters *dead = &world->stats->ranks[r];
	struct result_store *store = &run->sweep->store;
	const struct store_mark mark = result_store_mark(store);
	char text[CRASH_BYTES];
	struct record record = {
	    .index = index,
	    .rank = r,
	    .status = COHORT_ETASK,
	    .attempts = attempt_of(run, dead) + 1,
	    .asked = (uint8_t)asked_published(&dead->asked, index),
	};

	snprintf(text, sizeof(text), "%s while it ran this task%s", how,
	         run->isolate ? " in a child process" : "");
	result_store_drop(store);
	cohort_status status = result_store_add(store, &record, text);
	if (status != COHORT_OK)
		return status;
	if (run->checkpoint.writer)
		checkpoint_write(&run->checkpoint, run->sweep, &mark);
	counter_write(&own->failed, ++run->failed);
	counter_write(&own->done, ++run->done);
	atomic_store(&own->stored, store->used);
	return COHORT_OK;
}

static cohort_status acknowledge(struct sweep_run *run, int r,
                                 unsigned char *done, bool *waited)
{
	const struct world *world = run->group->world;
	const struct rank_counters *dead = &world->stats->ranks[r];
	struct rank_state *state = &world->states->ranks[r];
	const uint64_t running = counter_read(&dead->running);
	char how[VICTIM_BYTES];
	const int signal =
	    world->survival->describe(world, r, how, sizeof(how));
	cohort_status status = COHORT_OK;

	if (running > 0 && running <= run->sweep->count &&
	    atomic_load(&state->store_sweep) == run->number &&
	    !bits_have(done, (size_t)running - 1) &&
	    attempt_of(run, dead) >= run->job->retries &&
	    (!outside_signal_is(signal) || outlives(world, waited))) {
		status = fail_task(run, r, (size_t)running - 1, how);
		if (status == COHORT_OK)
			bits_add(done, (size_t)running - 1);
	}
	atomic_store(&state->acknowledged, 1);
	return status;
}

cohort_status victims_acknowledge(struct sweep_run *run, unsigned char *done,
                                  bool *acknowledged)
{
	const struct world *world = run->group->world;
	cohort_status status = COHORT_OK;
	bool waited = false;

	for (int r = 1; r < world->size && status == COHORT_OK; r++) {
		if (!world->survival->is_dead(world, r) ||
		    atomic_load(&world->states->ranks[r].acknowledged))
			continue;
		*acknowledged = true;
		status = acknowledge(run, r, done, &waited);
	}
	return status;
}

void victims_log(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	char text[VICTIM_BYTES];
	int more;

	/* The world fails a little before it is known which rank has died. */
	if (world->rank != 0 || first_victim(run, &more) == NO_RANK ||
	    atomic_exchange(&world->stats->told, 1))
		return;
	victims_describe(run, text);
	log_line(LOG_WARN, 0,
	         "%s; the other ranks go on with the sweep without it", text);
}

int victims_attempts(const struct sweep_run *run, size_t index, unsigned *asked)
{
	const struct world *world = run->group->world;
	int attempts = 0;

	*asked = 0;
	if (run->serial == 0)
		return 0;
	for (int r = 0; r < world->size; r++) {
		const struct rank_counters *counters = &world->stats->ranks[r];
		if (!atomic_load(&world->states->ranks[r].acknowledged) ||
		    counter_read(&counters->running) != index + 1)
			continue;
		const int attempt = attempt_of(run, counters) + 1;
		attempts = attempt > attempts ? attempt : attempts;
		*asked |= asked_published(&counters->asked, index);
	}
	return attempts;
}
