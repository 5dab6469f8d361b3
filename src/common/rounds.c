/*
 * All ranks work until there is nothing left, and meet. Tasks that have got
 * lost, with a child that was killed just when it had claimed them, are run in
 * another round.
 */
#define _POSIX_C_SOURCE 200809L
#include "rounds.h"

#include "claim.h"
#include "isolate.h"
#include "log.h"
#include "report.h"
#include "stop.h"

#include <stdlib.h>
#include <string.h>

static const char function[] = "cohort_scatter";

cohort_status rounds_open(struct run *run)
{
	struct world *world = run->group->world;
	const uint64_t total = claim_tickets(run);

	if (total == 0)
		return COHORT_OK;
	return group_finish(run->group,
	                    world->backend->tickets_open(world, total));
}

static cohort_status work(struct run *run)
{
	struct worker worker;

	if (!run->built || run->pending.count == 0)
		return COHORT_OK;
	work_begin(run, &worker);
	cohort_status status =
	    run->isolate ? isolate_work(&worker) : work_on(&worker);
	run->group->world->backend->tickets_leave(run->group->world);
	/* What a child has added is counted on from here. */
	if (!store_reach(&run->sweep->store)) {
		status = error_sys("%s: rank %d cannot reach the results of "
		                   "its tasks: mprotect",
		                   function, run->group->world->rank);
		store_return(&run->sweep->store, (struct store_mark){0});
	}
	return status;
}

/* All ranks have worked: whether there is anything left to be run, and why. */
static cohort_status meet(struct run *run, cohort_status mine, bool *lost)
{
	const struct report report = {
	    .records = run->sweep->store.records,
	    .status = mine,
	    .signal = stop_signal(run->group),
	};
	struct reports reports;
	uint64_t records = 0;
	int signal = 0;
	cohort_status status = report_exchange(run, &report, &reports);

	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < run->group->world->size; r++) {
		records += reports.of[r].records;
		signal = signal ? signal : reports.of[r].signal;
	}
	const bool complete = records == run->sweep->count;
	status = report_failure(run, &reports);
	if (status == COHORT_OK && !complete && signal)
		status =
		    error_set(COHORT_ESTOPPED,
		              "%s: signal %d (%s) stopped the sweep with "
		              "%llu of %zu tasks done; the others were "
		              "not run",
		              function, signal, strsignal(signal),
		              (unsigned long long)records, run->sweep->count);
	*lost = !complete && status == COHORT_OK;
	free(reports.of);
	if (status != COHORT_OK && !run->group->broken)
		sweep_explain(run->sweep, status);
	return status;
}

/* What nobody has a record of is to be run. */
static cohort_status find_lost(struct run *run)
{
	const struct sweep *sweep = run->sweep;
	const size_t bytes = bits_bytes(sweep->count);
	unsigned char *done = calloc(1, bytes);
	struct world *world = run->group->world;
	struct call call = run->call;
	const void *data;
	const char *error;
	cohort_status status;

	if (!done)
		return group_give_up(run->group, &call,
		                     error_sys("%s: calloc", function));
	for (size_t offset = 0; offset < sweep->store.used;)
		bits_add(done, (size_t)store_read(sweep->store.bytes, &offset,
		                                  &data, &error)
		                   ->index);
	call.op = COHORT_BOR;
	call.type = COHORT_UINT8;
	call.count = bytes;
	status = group_finish(
	    run->group, world->backend->allreduce(world, &call, done, done));
	if (status == COHORT_OK &&
	    !pending_set(&run->pending, sweep->count, done))
		status = group_give_up(run->group, &call,
		                       error_sys("%s: malloc", function));
	free(done);
	return status;
}

/* Tasks whose claims were lost are put out again. */
static cohort_status begin_round(struct run *run)
{
	const size_t before = run->pending.count;
	cohort_status mine = COHORT_OK;
	cohort_status status = find_lost(run);

	if (status != COHORT_OK || run->pending.count == 0)
		return status;
	if (run->group->world->rank == 0)
		log_line(LOG_WARN, 0,
		         "%zu tasks were lost with children that had claimed "
		         "them, and are run now",
		         run->pending.count);
	if (run->pending.count >= before)
		mine = error_set(COHORT_ESYS,
		                 "%s: %zu tasks were claimed and not run, "
		                 "again and again",
		                 function, before);
	status = rounds_open(run);
	return status == COHORT_OK ? report_agree(run, mine) : status;
}

cohort_status rounds_work(struct run *run)
{
	for (;;) {
		bool lost;
		cohort_status status = meet(run, work(run), &lost);
		if (status == COHORT_OK && lost)
			status = begin_round(run);
		if (status != COHORT_OK || !lost || run->pending.count == 0)
			return status;
	}
}
