#define _POSIX_C_SOURCE 200809L
#include "held_failure.h"

#include "common/base/clock.h"
#include "outside_signal.h"
#include "signal_stop.h"
#include "sweep_stop.h"
#include "worker_keep.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHECK_SECONDS 0.01 /* between two looks whether the sweep is stopped */

struct held_failure {
	struct record record;
	double until;
	void *result; /* of `bytes` bytes */
	size_t bytes;
	char *error;
};

static bool copy_bytes(const void *from, size_t bytes, void **out)
{
	*out = bytes > 0 ? malloc(bytes) : NULL;
	if (*out)
		memcpy(*out, from, bytes);
	return *out || bytes == 0;
}

static void free_failure(struct held_failure *failure)
{
	free(failure->result);
	free(failure->error);
}

static bool has_room(struct held_failures *held)
{
	const size_t room = 2 * held->room + 4;

	if (held->count < held->room)
		return true;
	struct held_failure *grown = realloc(held->list, room * sizeof(*grown));
	if (!grown)
		return false;
	held->list = grown;
	held->room = room;
	return true;
}

cohort_status held_failures_add(struct held_failures *held,
                                const struct record *record, const char *error,
                                const void *result, size_t bytes)
{
	struct held_failure failure = {
	    .record = *record,
	    .until = clock_seconds() + OUTSIDE_SECONDS,
	    .bytes = bytes,
	};
	void *text = NULL;

	if (!has_room(held) || !copy_bytes(result, bytes, &failure.result) ||
	    !copy_bytes(error, strlen(error) + 1, &text)) {
		const cohort_status status =
		    error_sys("cohort_scatter: malloc for failed tasks");
		free_failure(&failure);
		return status;
	}
	failure.error = text;
	held->list[held->count++] = failure;
	return COHORT_OK;
}

double held_failures_first(const struct held_failures *held)
{
	return held->count > 0 ? held->list[0].until : 0;
}

static cohort_status keep_failure(const struct held_failure *failure,
                                  struct worker *worker)
{
	struct result_store *store = &worker->run->sweep->store;
	struct record record = failure->record;
	void *result = result_store_result(store, failure->bytes);

	if (!result && failure->bytes > 0)
		return result_store_lack(store, record.index, failure->bytes);
	if (result)
		memcpy(result, failure->result, failure->bytes);
	return worker_add(worker, &record, failure->error);
}

cohort_status held_failures_keep(struct held_failures *held,
                                 struct worker *worker)
{
	const double now = clock_seconds();
	cohort_status status = COHORT_OK;
	size_t kept = 0;

	while (status == COHORT_OK && kept < held->count &&
	       held->list[kept].until <= now) {
		status = keep_failure(&held->list[kept], worker);
		free_failure(&held->list[kept++]);
	}
	if (kept == 0)
		return status;
	held->count -= kept;
	memmove(held->list, held->list + kept,
	        held->count * sizeof(*held->list));
	worker_count(worker);
	return status;
}

cohort_status held_failures_end(struct held_failures *held,
                                struct worker *worker)
{
	static const struct timespec pause = {0, (long)(1e9 * CHECK_SECONDS)};
	cohort_status status = held_failures_keep(held, worker);

	while (status == COHORT_OK && held->count > 0 &&
	       !signal_stop_pending(worker->run->group->world->states) &&
	       !sweep_is_interrupted(worker->run)) {
		nanosleep(&pause, NULL);
		status = held_failures_keep(held, worker);
	}
	return status;
}

void held_failures_free(struct held_failures *held)
{
	for (size_t i = 0; i < held->count; i++)
		free_failure(&held->list[i]);
	free(held->list);
	*held = (struct held_failures){0};
}
