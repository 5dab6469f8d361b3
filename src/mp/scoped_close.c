/*
 * The monitor ends after the last peer, so rank 0 waits for the end of the
 * monitor, and nothing is left of the world when it returns. Cost: an end of a
 * process for each rank.
 */
#define _POSIX_C_SOURCE 200809L
#include "scoped_close.h"

#include "common/base/error.h"
#include "common/base/flush_streams.h"
#include "common/base/time_limit.h"
#include "leave.h"
#include "liveness.h"
#include "start.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* How long peers may take to leave by themselves, if they are out of step. */
#define GRACE_SECONDS 1.0

/* The program's exit handlers belong to rank 0. */
static _Noreturn void leave_peer(struct mp_world *world)
{
	/* Nobody needs this rank any more: its end breaks nothing. */
	atomic_store(&world->control->records[world->rank].groups, 0);
	flush_streams();
	_exit(EXIT_SUCCESS);
}

static bool rank_has_ended(const struct rank_record *record)
{
	return atomic_load(&record->gone) || liveness_is_marked(record) ||
	       atomic_load(&record->process) == 0;
}

/* If the monitor was killed, the kernel kills the peers. They end a moment
 * later, and nobody records it. */
static void await_killed(const struct mp_world *world)
{
	const struct timespec pause = {.tv_nsec = 1000000};
	struct time_limit limit = time_limit_in(GRACE_SECONDS);

	for (int r = 1; r < world->size; r++)
		while (!rank_has_ended(&world->control->records[r]) &&
		       !time_limit_passed(&limit))
			nanosleep(&pause, NULL);
}

static cohort_status say_rank_overdue(double timeout)
{
	return error_set(COHORT_ETIMEOUT,
	                 "cohort_close: a rank had not left within the timeout "
	                 "of %g s, and was killed: perhaps its output goes to "
	                 "a pipe that nobody reads",
	                 timeout);
}

/* All ranks have come to the close. Whether they have ended well since then. */
static cohort_status peers_status(struct mp_world *world)
{
	const struct world_failure lost = {.reason = WORLD_FAILURE_MONITOR};
	const struct control_page *control = world->control;
	char how[END_TEXT_BYTES];

	if (atomic_load(&control->gone) < world->size - 1)
		world_break(world, &lost);
	if (!control_is_whole(control))
		return control_failure(control, "cohort_close");
	for (int r = 1; r < world->size; r++) {
		const struct rank_record *record = &control->records[r];
		if (!record->signalled && record->end == 0)
			continue;
		world_failure_describe_end(r, record->signalled, record->end,
		                           how, sizeof(how));
		return error_set(COHORT_EPEER,
		                 "cohort_close: %s, while it left: its output "
		                 "may not be complete",
		                 how);
	}
	return COHORT_OK;
}

cohort_status scoped_close(struct mp_world *world, bool in_step, double timeout)
{
	const struct world_failure ended = {.reason = WORLD_FAILURE_ENDED};
	cohort_status status = COHORT_OK;

	if (world->rank > 0)
		leave_peer(world);
	if (!in_step)
		world_break(world, &ended);
	if (world->monitor > 0) {
		const bool in_time =
		    leave_await_peers(world, in_step ? timeout : GRACE_SECONDS);
		/* Its end of the monitor's link is not lost. */
		atomic_store(&world->control->records[0].groups, 0);
		start_end_peers(world);
		if (atomic_load(&world->control->gone) < world->size - 1)
			await_killed(world);
		if (in_step)
			status = in_time || !control_is_whole(world->control)
			             ? peers_status(world)
			             : say_rank_overdue(timeout);
	}
	start_release(world);
	return status;
}
