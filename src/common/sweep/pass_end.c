#include "pass_end.h"
#include "common/core/group_call.h"

#include "common/base/plural.h"
#include "deadline_stop.h"
#include "delivery.h"
#include "index_digest.h"
#include "status_exchange.h"
#include "survivors.h"
#include "sweep_stop.h"

#include <stdlib.h>

static const char function[] = "cohort_scatter";

static cohort_status say_stopped(const struct sweep_run *run, uint64_t stop,
                                 uint64_t done)
{
	char reason[STOP_REASON_BYTES];

	sweep_stop_describe(stop, reason);
	return error_set(
	    stop_word_interrupts(stop) ? COHORT_EINTERRUPTED : COHORT_ESTOPPED,
	    "%s: %s stopped the sweep with %llu of %zu task%s done; %s not "
	    "run%s",
	    function, reason, (unsigned long long)done, run->sweep->count,
	    plural(run->sweep->count),
	    run->sweep->count == done + 1 ? "one was" : "the others were",
	    run->job->journal ? ": run the same command again to do them" : "");
}

static cohort_status say_late(const struct sweep_run *run, uint64_t done)
{
	const uint64_t count = run->sweep->count;
	const uint64_t late = count > done ? count - done : 0;

	return error_set(
	    COHORT_ESTOPPED,
	    "%s: job.deadline, of %g s, left no time for %llu of %zu task%s, "
	    "which %s not run%s",
	    function, run->job->deadline, (unsigned long long)late,
	    run->sweep->count, plural(count), late == 1 ? "was" : "were",
	    run->job->journal ? ": run the same command again to do them" : "");
}

static cohort_status say_undelivered(const struct sweep_run *run,
                                     uint64_t arrived)
{
	return error_set(
	    COHORT_ECORRUPT,
	    "%s: on_result got %llu of %zu results: memory that the ranks "
	    "share does not hold the others as they were written when they "
	    "were due; cohort_gather has all",
	    function, (unsigned long long)arrived, run->sweep->count);
}

static uint64_t digest_of_own(const struct result_store *store)
{
	uint64_t digest = 0;
	const void *data;
	const char *error;

	for (size_t offset = 0; offset < store->used;)
		digest += index_digest(
		    record_read(store->records, &offset, &data, &error)->index);
	return digest;
}

static uint64_t digest_of_tasks(size_t count)
{
	uint64_t digest = 0;

	for (size_t i = 0; i < count; i++)
		digest += index_digest(i);
	return digest;
}

/* If results are released, rank 0 has counted those that it took. */
static void count_own(const struct sweep_run *run, struct rank_status *own)
{
	const struct delivery *delivery = run->delivery;
	const struct result_store *store = &run->sweep->store;

	if (delivery && delivery->arrived)
		own->arrived = delivery->arrived_count;
	if (delivery && delivery->discards && delivery->arrived) {
		own->records = delivery->arrived_count;
		own->digest = run->isolate ? delivery->digest : 0;
	} else if (!delivery || !delivery->discards) {
		own->records = store->count;
		own->digest = run->isolate ? digest_of_own(store) : 0;
	}
}

/* The statuses of all ranks after a pass, added up. */
struct pass_end {
	uint64_t records;
	uint64_t digest;
	uint64_t arrived;
	uint64_t stop; /* what stops the sweep; see stop_word.h */
	bool late;     /* the deadline kept tasks from being begun */
};

static struct pass_end add_up(struct sweep_run *run,
                              const struct statuses *statuses)
{
	struct pass_end end = {0};

	for (int r = 0; r < run->group->world->size; r++) {
		const struct rank_status *of = &statuses->of[r];
		end.records += of->records;
		end.digest += of->digest;
		end.arrived += of->arrived;
		if (!end.stop || stop_word_interrupts(of->stop))
			end.stop = of->stop;
		end.late |= of->late != 0;
		run->singly |= of->damaged != 0;
	}
	return end;
}

static bool is_complete(const struct sweep_run *run, const struct pass_end *end)
{
	const size_t count = run->sweep->count;

	return end->records == count &&
	       (!run->isolate || end->digest == digest_of_tasks(count));
}

/* What stops the sweep, as far as this rank knows. It may have been interrupted
 * after a signal, which stays the machine's reason. */
static uint64_t own_stop(const struct sweep_run *run)
{
	return group_is_interrupted(run->group)
	           ? stop_word_of_interrupt(run->number,
	                                    run->group->world->rank)
	           : sweep_stop(run);
}

cohort_status pass_end_agree(struct sweep_run *run, cohort_status mine,
                             bool *lost)
{
	const size_t count = run->sweep->count;
	struct rank_status own = {
	    .status = (int32_t)mine,
	    .stop = own_stop(run),
	    .late = deadline_stop_came(run),
	    .damaged = run->damaged,
	};
	struct statuses statuses;

	count_own(run, &own);
	survivors_rest(run, mine);
	cohort_status status = status_exchange(run, &own, &statuses);

	if (status != COHORT_OK)
		return status;
	const struct pass_end end = add_up(run, &statuses);
	const bool complete = is_complete(run, &end);
	run->not_run = end.records < count ? count - end.records : 0;
	status = status_failure(run, &statuses);
	if (status == COHORT_OK && !complete && end.stop)
		status = say_stopped(run, end.stop, end.records);
	else if (status == COHORT_OK && !complete && end.late)
		status = say_late(run, end.records);
	else if (status == COHORT_OK && complete && run->job->on_result &&
	         end.arrived != count)
		status = say_undelivered(run, end.arrived);
	if (status == COHORT_EINTERRUPTED)
		group_finish(run->group, status);
	*lost = !complete && status == COHORT_OK;
	if (status != COHORT_OK && !run->group->broken)
		sweep_explain(run->sweep, status);
	return status;
}
