/*
 * All ranks work until there is nothing left, and meet. Tasks that have got
 * lost, with a child that was killed just when it had claimed them, are run in
 * another round.
 */
#define _POSIX_C_SOURCE 200809L
#include "execute.h"

#include "common/base/log.h"
#include "scheduler.h"
#include "signal_stop.h"
#include "status_exchange.h"
#include "supervisor.h"

#include <stdlib.h>
#include <string.h>

static const char function[] = "cohort_scatter";

cohort_status execute_open(struct sweep_run *run)
{
	struct world *world = run->group->world;
	const uint64_t total = scheduler_tickets(run);

	if (total == 0)
		return COHORT_OK;
	return group_finish(run->group,
	                    world->backend->tickets_open(world, total));
}

static cohort_status work(struct sweep_run *run)
{
	struct worker worker;

	if (!run->built || run->todo.count == 0)
		return COHORT_OK;
	worker_begin(run, &worker);
	cohort_status status =
	    run->isolate ? supervisor_run(&worker) : worker_run(&worker);
	run->group->world->backend->tickets_leave(run->group->world);
	/* What a child has added is counted on from here. */
	if (!store_reach(&run->sweep->store)) {
		status = error_sys("%s: rank %d cannot reach the results of "
		                   "its tasks: mprotect",
		                   function, run->group->world->rank);
		store_return(&run->sweep->store, (struct result_mark){0});
	}
	return status;
}

/* All ranks have worked: whether there is anything left to be run, and why. */
static cohort_status meet(struct sweep_run *run, cohort_status mine, bool *lost)
{
	const struct rank_status report = {
	    .records = run->sweep->store.records,
	    .status = mine,
	    .signal = signal_stop_pending(run->group->world->stats),
	};
	struct statuses statuses;
	uint64_t records = 0;
	int signal = 0;
	cohort_status status = status_exchange(run, &report, &statuses);

	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < run->group->world->size; r++) {
		records += statuses.of[r].records;
		signal = signal ? signal : statuses.of[r].signal;
	}
	const bool complete = records == run->sweep->count;
	status = status_failure(run, &statuses);
	if (status == COHORT_OK && !complete && signal)
		status =
		    error_set(COHORT_ESTOPPED,
		              "%s: signal %d (%s) stopped the sweep with "
		              "%llu of %zu tasks done; the others were "
		              "not run",
		              function, signal, strsignal(signal),
		              (unsigned long long)records, run->sweep->count);
	*lost = !complete && status == COHORT_OK;
	free(statuses.of);
	if (status != COHORT_OK && !run->group->broken)
		sweep_explain(run->sweep, status);
	return status;
}

/* What nobody has a record of is to be run. */
static cohort_status find_lost(struct sweep_run *run)
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
	if (status == COHORT_OK && !todo_set(&run->todo, sweep->count, done))
		status = group_give_up(run->group, &call,
		                       error_sys("%s: malloc", function));
	free(done);
	return status;
}

/* Tasks whose claims were lost are put out again. */
static cohort_status begin_round(struct sweep_run *run)
{
	const size_t before = run->todo.count;
	cohort_status mine = COHORT_OK;
	cohort_status status = find_lost(run);

	if (status != COHORT_OK || run->todo.count == 0)
		return status;
	if (run->group->world->rank == 0)
		log_line(LOG_WARN, 0,
		         "%zu tasks were lost with children that had claimed "
		         "them, and are run now",
		         run->todo.count);
	if (run->todo.count >= before)
		mine = error_set(COHORT_ESYS,
		                 "%s: %zu tasks were claimed and not run, "
		                 "again and again",
		                 function, before);
	status = execute_open(run);
	return status == COHORT_OK ? status_agree(run, mine) : status;
}

cohort_status execute_run(struct sweep_run *run)
{
	for (;;) {
		bool lost;
		cohort_status status = meet(run, work(run), &lost);
		if (status == COHORT_OK && lost)
			status = begin_round(run);
		if (status != COHORT_OK || !lost || run->todo.count == 0)
			return status;
	}
}
