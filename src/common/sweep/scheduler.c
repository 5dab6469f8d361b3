/*
 * Claiming tasks. A claim is one atomic addition. Without a chunk asked for,
 * `dynamic` claims so many tasks at once that the claim's cost vanishes beside
 * theirs, CLAIM_MOST at the most, and goes back to one as soon as they take
 * long or few are left. That is a guess, for the next ones may take long: what
 * is claimed and not begun lies in the rank's stock, and those who find no
 * tickets left take from there. So nobody is idle while there is a task that
 * has not begun, but for a chunk that the program asked for.
 */
#include "scheduler.h"

#include "child_state.h"
#include "common/base/partition.h"
#include "common/base/worker_stats.h"
#include "steal_slot.h"

enum { CLAIM_MOST = 16 };

_Static_assert((int)CLAIM_MOST <= (int)STEAL_SLOT_MOST, "a claim fits a stock");

#define CLAIM_SECONDS 20e-6 /* that a claim's tasks may take, if not one */

static size_t least_chunk(const struct sweep_run *run)
{
	return run->chunk ? run->chunk : 1;
}

uint64_t scheduler_tickets(const struct sweep_run *run)
{
	const size_t count = run->todo.count;

	if (count == 0 || run->schedule == COHORT_STATIC)
		return 0;
	return run->schedule == COHORT_GUIDED
	           ? partition_guided_tickets(count, (size_t)run->workers,
	                                      least_chunk(run))
	           : partition_chunk_tickets(count, least_chunk(run));
}

static cohort_status claim(struct worker *worker, uint64_t most,
                           struct tickets_run *out)
{
	struct world *world = worker->run->group->world;

	if (worker->child_state && !world->copies_claim)
		return child_state_ask(worker->child_state, most, out);
	return world->backend->tickets_claim(world, most, out);
}

/* A chunk: what one ticket stands for. */
static cohort_status claim_chunk(struct worker *worker, struct range *out)
{
	const struct sweep_run *run = worker->run;
	const size_t count = run->todo.count;
	struct tickets_run tickets;
	cohort_status status = claim(worker, 1, &tickets);

	if (status != COHORT_OK || tickets.count == 0)
		return status;
	*out = run->schedule == COHORT_GUIDED
	           ? partition_guided(count, (size_t)run->workers,
	                              least_chunk(run), tickets.first)
	           : partition_chunk(count, run->chunk, tickets.first);
	return COHORT_OK;
}

/* How many to claim, after those of the last claim. */
static void adapt(struct worker *worker)
{
	const struct sweep_run *run = worker->run;
	struct cursor *cursor = &worker->cursor;
	const size_t left = run->todo.count - cursor->seen;
	const size_t fair = left / run->able / 2;

	if (worker->seconds > CLAIM_SECONDS)
		cursor->most = 1;
	else if (worker->ran == cursor->most && cursor->most < CLAIM_MOST)
		cursor->most *= 2;
	if (cursor->most > fair)
		cursor->most = fair > 0 ? fair : 1;
	worker->ran = 0;
	worker->seconds = 0;
}

/* One task: of this rank's stock, of tickets, or of another's stock. */
static cohort_status claim_one(struct worker *worker, struct range *out)
{
	struct world *world = worker->run->group->world;
	struct rank_counters *own = &world->stats->ranks[world->stats_index];
	struct tickets_run tickets;
	uint64_t number;

	if (steal_slot_take(own, &number)) {
		*out = (struct range){(size_t)number, 1};
		return COHORT_OK;
	}
	adapt(worker);
	cohort_status status = claim(worker, worker->cursor.most, &tickets);
	if (status != COHORT_OK)
		return status;
	if (tickets.count > 0) {
		steal_slot_fill(own, tickets.first + 1, tickets.count - 1);
		worker->cursor.seen = (size_t)(tickets.first + tickets.count);
		*out = (struct range){(size_t)tickets.first, 1};
	} else if (steal_slot_steal(world->stats, world->stats_ranks,
	                            world->stats_index, &number)) {
		*out = (struct range){(size_t)number, 1};
	}
	return COHORT_OK;
}

static void claim_share(struct worker *worker, struct range *out)
{
	const struct sweep_run *run = worker->run;

	if (!worker->cursor.dealt)
		*out = partition_block(run->todo.count, run->able, run->before);
	worker->cursor.dealt = true;
}

cohort_status scheduler_next(struct worker *worker)
{
	const struct sweep_run *run = worker->run;
	struct range range = {0, 0};
	cohort_status status = COHORT_OK;

	if (run->schedule == COHORT_STATIC)
		claim_share(worker, &range);
	else if (run->schedule == COHORT_GUIDED || run->chunk > 0)
		status = claim_chunk(worker, &range);
	else
		status = claim_one(worker, &range);
	worker->cursor.next = range.begin;
	worker->cursor.end = range.begin + range.count;
	return status;
}
