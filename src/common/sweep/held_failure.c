#define _POSIX_C_SOURCE 200809L
#include "held_failure.h"

#include "common/base/clock.h"
#include "outside_signal.h"
#include "signal_stop.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK_SECONDS 0.01 /* between two looks whether the sweep is stopped */

enum { SHELL_SIGNALLED = 128 }; /* a shell's exit status: this + signal */

struct held_failure {
	struct record record;
	double until;
	char error[CRASH_BYTES];
};

bool held_failure_is_in_doubt(const struct child_end *end)
{
	if (!end->known)
		return true;
	return outside_signal_is(
	    end->signalled ? end->number : end->number - SHELL_SIGNALLED);
}

cohort_status held_failures_add(struct held_failures *held,
                                const struct record *record, const char *error)
{
	if (held->count == held->room) {
		const size_t room = 2 * held->room + 4;
		struct held_failure *grown =
		    realloc(held->list, room * sizeof(*grown));
		if (!grown)
			return error_sys("cohort_scatter: realloc for failed "
			                 "tasks");
		held->list = grown;
		held->room = room;
	}
	struct held_failure *failure = &held->list[held->count++];
	failure->record = *record;
	failure->until = clock_seconds() + OUTSIDE_SECONDS;
	strncpy(failure->error, error, CRASH_BYTES - 1);
	failure->error[CRASH_BYTES - 1] = '\0';
	return COHORT_OK;
}

double held_failures_first(const struct held_failures *held)
{
	return held->count > 0 ? held->list[0].until : 0;
}

cohort_status held_failures_keep(struct held_failures *held,
                                 struct worker *worker)
{
	const double now = clock_seconds();
	cohort_status status = COHORT_OK;
	size_t kept = 0;

	while (status == COHORT_OK && kept < held->count &&
	       held->list[kept].until <= now) {
		struct held_failure *failure = &held->list[kept++];
		status = worker_add(worker, &failure->record, failure->error);
	}
	held->count -= kept;
	if (kept > 0)
		memmove(held->list, held->list + kept,
		        held->count * sizeof(*held->list));
	return status;
}

cohort_status held_failures_end(struct held_failures *held,
                                struct worker *worker)
{
	static const struct timespec pause = {0, (long)(1e9 * CHECK_SECONDS)};
	cohort_status status = held_failures_keep(held, worker);

	while (status == COHORT_OK && held->count > 0 &&
	       !signal_stop_pending(worker->run->group->world->states)) {
		nanosleep(&pause, NULL);
		status = held_failures_keep(held, worker);
	}
	return status;
}

void held_failures_free(struct held_failures *held)
{
	free(held->list);
	*held = (struct held_failures){0};
}
