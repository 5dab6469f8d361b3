/*
 * A claim of tasks is one atomic addition. If nobody asked for a chunk, the
 * dynamic schedule claims several short tasks at once, CLAIM_MOST at the most,
 * so that the claim's cost vanishes beside theirs; it goes back to one task as
 * soon as tasks take long or few are left. The next tasks may take long where
 * the last were short. Therefore the claimed tasks that have not begun lie in
 * the rank's steal slot, and a rank that finds no tickets left takes from
 * there. So no rank idles while there is a task that has not begun, unless that
 * task is part of a chunk that the program asked for.
 */
#include "scheduler.h"

#include "common/base/partition.h"
#include "common/base/steal_slot.h"
#include "common/base/worker_stats.h"
#include "victims.h"

enum { CLAIM_MOST = 16 };

_Static_assert((int)CLAIM_MOST <= (int)STEAL_SLOT_MOST,
               "a claim fits a steal slot");

#define CLAIM_SECONDS 20e-6 /* that the tasks of a claim of several may take */

static size_t least_chunk(const struct sweep_run *run)
{
	return run->chunk ? run->chunk : 1;
}

static uint64_t chunk_tickets(const struct sweep_run *run)
{
	return partition_chunk_tickets(run->todo.count, least_chunk(run));
}

static struct range chunk_tasks(const struct sweep_run *run, uint64_t ticket)
{
	return partition_chunk(run->todo.count, least_chunk(run), ticket);
}

static uint64_t guided_tickets(const struct sweep_run *run)
{
	return partition_guided_tickets(run->todo.count, (size_t)run->workers,
	                                least_chunk(run));
}

static struct range guided_tasks(const struct sweep_run *run, uint64_t ticket)
{
	return partition_guided(run->todo.count, (size_t)run->workers,
	                        least_chunk(run), ticket);
}

/* How each schedule divides the tasks. */
static const struct schedule_rule {
	/* Number of tickets, and the tasks of one. NULL: no tickets, every rank
	 * has a fixed share. */
	uint64_t (*tickets)(const struct sweep_run *run);
	struct range (*tasks)(const struct sweep_run *run, uint64_t ticket);
	/* If no chunk is asked for, a claim grows and shrinks with the time
	 * that tasks take. */
	bool adaptive;
} schedule_rules[] = {
    [COHORT_STATIC] = {NULL, NULL, false},
    [COHORT_DYNAMIC] = {chunk_tickets, chunk_tasks, true},
    [COHORT_GUIDED] = {guided_tickets, guided_tasks, false},
};

/* The nodes of a cluster may differ in speed by any factor, and a large chunk
 * that a slow one has begun cannot be taken back. So with several nodes chunks
 * do not shrink: the least ones are claimed from the beginning, and the backend
 * hands them to nodes in batches. */
static const struct schedule_rule *rule_of(const struct sweep_run *run)
{
	const bool unequal = run->group->world->nodes > 1;

	return run->schedule == COHORT_GUIDED && unequal
	           ? &schedule_rules[COHORT_DYNAMIC]
	           : &schedule_rules[run->schedule];
}

uint64_t scheduler_tickets(const struct sweep_run *run)
{
	const struct schedule_rule *rule = rule_of(run);

	return run->todo.count > 0 && rule->tickets ? rule->tickets(run) : 0;
}

/* Claim tickets in a pass without ranks that have died. The backend's tickets
 * need calls that all ranks make. */
static struct ticket_range claim_without_dead(const struct sweep_run *run,
                                              uint64_t most)
{
	_Atomic uint64_t *tickets =
	    &run->group->world->stats->tickets[run->serial % 2];

	return ticket_range_cut(atomic_fetch_add(tickets, most), most,
	                        run->todo.count);
}

static cohort_status claim_tickets(const struct scheduler *scheduler,
                                   uint64_t most, struct ticket_range *out)
{
	struct world *world = scheduler->run->group->world;

	if (scheduler->run->serial > 0) {
		*out = claim_without_dead(scheduler->run, most);
		return COHORT_OK;
	}
	if (scheduler->channel)
		return ticket_request_send(scheduler->channel, most, out);
	return world->backend->tickets_claim(world, most, out);
}

/* The tasks of one ticket: a chunk. */
static cohort_status claim_chunk(const struct scheduler *scheduler,
                                 struct range *out)
{
	const struct sweep_run *run = scheduler->run;
	struct ticket_range tickets;
	cohort_status status = claim_tickets(scheduler, 1, &tickets);

	if (status == COHORT_OK && tickets.count > 0)
		*out = rule_of(run)->tasks(run, tickets.first);
	return status;
}

/* Set cursor->most, from how long the tasks of the last claim took. */
static void adapt_claim(struct scheduler *scheduler, struct cursor *cursor)
{
	const struct sweep_run *run = scheduler->run;
	const uint64_t left = run->todo.count - cursor->seen;
	const uint64_t fair = left / run->able / 2;

	if (scheduler->seconds > CLAIM_SECONDS)
		cursor->most = 1;
	else if (scheduler->ran == cursor->most && cursor->most < CLAIM_MOST)
		cursor->most *= 2;
	if (cursor->most > fair)
		cursor->most = fair > 0 ? fair : 1;
	scheduler->ran = 0;
	scheduler->seconds = 0;
}

/* Take a task out of this rank's steal slot, or if it is empty and `others`,
 * out of another one's. An isolated task may have written to the slots, so a
 * number that is none is dropped; execute.c finds the tasks that are lost. */
static bool take_held(const struct sweep_run *run, bool others, uint64_t *out)
{
	const struct world *world = run->group->world;
	struct rank_counters *own = &world->stats->ranks[world->stats_index];

	while (others ? steal_slot_steal(world->stats, world->stats_ranks,
	                                 world->stats_index, out)
	              : steal_slot_take(own, out))
		if (*out < run->todo.count)
			return true;
	return false;
}

/* One task: from this rank's steal slot, else from the tickets, else from
 * another rank's steal slot. */
static cohort_status claim_task(struct scheduler *scheduler,
                                struct cursor *cursor, struct range *out)
{
	struct world *world = scheduler->run->group->world;
	struct rank_counters *own = &world->stats->ranks[world->stats_index];
	struct ticket_range tickets;
	uint64_t number;

	if (take_held(scheduler->run, false, &number)) {
		*out = (struct range){(size_t)number, 1};
		return COHORT_OK;
	}
	adapt_claim(scheduler, cursor);
	cohort_status status = claim_tickets(scheduler, cursor->most, &tickets);
	if (status != COHORT_OK)
		return status;
	if (tickets.count > 0) {
		steal_slot_fill(own, tickets.first + 1, tickets.count - 1);
		cursor->seen = tickets.first + tickets.count;
		*out = (struct range){(size_t)tickets.first, 1};
	} else if (take_held(scheduler->run, true, &number)) {
		*out = (struct range){(size_t)number, 1};
	}
	return COHORT_OK;
}

static void claim_share(const struct sweep_run *run, struct cursor *cursor,
                        struct range *out)
{
	if (!cursor->dealt)
		*out = partition_block(run->todo.count, run->able, run->before);
	cursor->dealt = true;
}

cohort_status scheduler_next(struct scheduler *scheduler, struct cursor *cursor)
{
	const struct sweep_run *run = scheduler->run;
	const struct schedule_rule *rule = rule_of(run);
	struct range range = {0, 0};
	cohort_status status = COHORT_OK;

	if (!rule->tickets)
		claim_share(run, cursor, &range);
	else if (rule->adaptive && run->chunk == 0)
		status = claim_task(scheduler, cursor, &range);
	else
		status = claim_chunk(scheduler, &range);
	cursor->next = range.begin;
	cursor->end = range.begin + range.count;
	if (run->serial > 0 && range.count > 0) {
		unsigned asked;
		cursor->attempt = victims_attempts(
		    run, todo_index(&run->todo, range.begin), &asked);
		cursor->asked = (uint16_t)asked;
	}
	return status;
}
