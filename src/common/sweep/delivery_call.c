#include "delivery_call.h"

#include "common/base/rank_states.h"
#include "common/core/callback.h"
#include "delivery_halt.h"

#include <errno.h>
#include <string.h>

/* cohort_gather gets this result, although the others are released. */
static void keep(struct delivery *delivery, const struct taken_record *taken)
{
	struct result_store *kept = &delivery->kept;
	struct record record = *taken->record;
	const size_t bytes = (size_t)record.bytes;
	void *data = result_store_result(kept, bytes);

	record.seal = 0;
	if (data)
		memcpy(data, taken->data, bytes);
	if ((bytes > 0 && !data) ||
	    result_store_add(kept, &record,
	                     record.error_bytes ? taken->error : NULL) !=
	        COHORT_OK)
		delivery_lack_memory(
		    delivery, "keep a result that cohort_gather is to give",
		    kept->refused ? kept->refused : ENOMEM);
}

static void call_on_result(struct delivery *delivery,
                           const struct taken_record *taken)
{
	const struct sweep_run *run = delivery->run;
	_Atomic uint64_t *delivered = &run->group->world->states->delivered;
	const struct record *record = taken->record;
	const size_t index = (size_t)record->index;
	size_t param_bytes;
	const void *param = sweep_param(run->sweep, index, &param_bytes);
	const cohort_result result = {
	    .index = index,
	    .rank = record->rank,
	    .status = (cohort_status)record->status,
	    .error = taken->error,
	    .param = param,
	    .param_bytes = param_bytes,
	    .data = taken->data,
	    .bytes = (size_t)record->bytes,
	    .seconds = record->seconds,
	    .attempts = record->attempts,
	};

	CALLBACK_GUARD callback = {"cohort_scatter: the job's on_result",
	                           run->group->world->rank, false,
	                           process_mark_own()};
	group_set_callback("on_result");
	const int returned = run->job->on_result(run->job->arg, &result);
	callback_returned(&callback);
	group_set_callback(NULL);
	atomic_fetch_add_explicit(delivered, 1, memory_order_relaxed);
	if (delivery->called)
		delivery->called(delivery);
	if (returned == 0)
		return;
	delivery->returned = returned;
	delivery->stopper = result.index;
	delivery_halt(delivery);
}

void delivery_hand_over(struct delivery *delivery,
                        const struct taken_record *taken)
{
	const bool called = !delivery->halted;

	if (called) {
		delivery->next = taken->record->index + 1;
		call_on_result(delivery, taken);
	}
	if (delivery->discards &&
	    (!called || taken->record->status != COHORT_OK))
		keep(delivery, taken);
}
