/*
 * A node holds a ticket for each rank, and those that its ranks will begin in
 * twice the time that a request needs. So no rank waits for an answer, and a
 * node of long tasks holds few. Tickets that a slow node holds are no loss:
 * rank 0 takes them back when others are idle.
 *
 * A rank of short tasks claims several tickets at once. If the first of them
 * turns out to be long, the others lie in its steal slot. They count as held by
 * the node, and go back to the pool when other ranks are idle.
 *
 * Messages are polled. After a message the next one is likely soon, so the
 * pauses grow with the time since the last one, up to a part of a task's time.
 */
#include "node_agent.h"

#include "bell.h"
#include "common/base/steal_slot.h"
#include "common/base/stop_word.h"

#include <string.h>

#define FIRST_LAG 2e-3           /* seconds, before it is measured */
#define LEAST_LAG 1e-3           /* an agent wakes late */
#define SAMPLE_SECONDS 50e-3     /* between two samples of the rate */
#define COUNTS_SECONDS 0.1       /* between two reports of counts alone */
#define PAUSE_LEAST_WAITING 1e-4 /* while an answer is expected */
#define PAUSE_LEAST 1e-3
#define PAUSE_MOST 5e-3
#define PAUSES_A_TASK 16

void node_agent_begin(struct node_agent *agent, uint64_t sweep, uint64_t total,
                      struct ticket_range first, double now)
{
	struct node_pool *pool = agent->pool;
	const double lag = agent->lag > 0 ? agent->lag : FIRST_LAG;

	*agent = (struct node_agent){
	    .pool = pool,
	    .stats = agent->stats,
	    .states = agent->states,
	    .ranks = agent->ranks,
	    .total = total,
	    .report = {.sweep = sweep, .held = first.count},
	    .given = first.count,
	    .stops = agent->stops,
	    .lag = lag,
	    .active = now,
	    .sampled = now,
	};
	node_pool_clear(pool);
	node_pool_put(pool, first);
}

/* NULL if this rank of the node has not begun the sweep: its counters are then
 * of another one. */
static struct rank_counters *counters_of(const struct node_agent *agent, int i)
{
	struct rank_counters *counters = &agent->stats->ranks[i];

	return atomic_load(&counters->sweep) == agent->sweep_mark ? counters
	                                                          : NULL;
}

/* Tickets that ranks have claimed and not begun. */
static uint64_t count_claimed(const struct node_agent *agent)
{
	uint64_t count = 0;

	for (int i = 0; i < agent->ranks; i++) {
		const struct rank_counters *counters = counters_of(agent, i);
		count += counters ? steal_slot_count(counters) : 0;
	}
	return count;
}

/* Move them to the pool, which keeps room for the next order. A task may have
 * written to the counters, so a range that does not exist is dropped; its tasks
 * run in a later pass. */
static void take_claimed(struct node_agent *agent)
{
	for (int i = 0; i < agent->ranks; i++) {
		struct rank_counters *counters = counters_of(agent, i);
		if (node_pool_free_slots(agent->pool) <= MESSAGE_RANGES)
			return;
		if (!counters || steal_slot_count(counters) == 0)
			continue;
		const struct ticket_range range = steal_slot_empty(counters);
		node_pool_put(
		    agent->pool,
		    ticket_range_cut(range.first, range.count, agent->total));
	}
}

static uint64_t count_held(const struct node_agent *agent)
{
	return node_pool_count(agent->pool) + count_claimed(agent);
}

/* Tickets for idle ranks of this node. */
static void share_claimed(struct node_agent *agent)
{
	struct node_pool *pool = agent->pool;

	if (atomic_load(&pool->idle) == 0 || node_pool_count(pool) > 0)
		return;
	take_claimed(agent);
	if (node_pool_count(pool) > 0)
		bell_ring(&pool->bell);
}

/* Tickets that are done: those that were begun, without one for each rank that
 * is not idle. */
static void sample_rate(struct node_agent *agent, uint64_t held, unsigned idle,
                        double now)
{
	const unsigned ranks = (unsigned)agent->ranks;
	const uint64_t busy = idle < ranks ? ranks - idle : 0;
	const uint64_t begun = agent->given > held ? agent->given - held : 0;
	const uint64_t completed = begun > busy ? begun - busy : 0;
	const double seconds = now - agent->sampled;

	if (completed <= agent->completed)
		return;
	const double rate =
	    (double)(completed - agent->completed) / (seconds + 1e-9);
	if (agent->rate > 0 && seconds < SAMPLE_SECONDS)
		return;
	agent->rate = agent->rate > 0 ? (agent->rate + rate) / 2 : rate;
	agent->completed = completed;
	agent->sampled = now;
}

/* Tickets to ask for. They come in up to MESSAGE_RANGES ranges. */
static uint64_t tickets_wanted(const struct node_agent *agent, uint64_t held,
                               unsigned idle)
{
	const uint64_t ranks = (uint64_t)agent->ranks;
	const double lag = agent->lag > LEAST_LAG ? agent->lag : LEAST_LAG;
	const uint64_t target = ranks + (uint64_t)(2 * agent->rate * lag);

	if (atomic_load(&agent->pool->left) >= (unsigned)agent->ranks ||
	    node_pool_free_slots(agent->pool) < MESSAGE_RANGES ||
	    (4 * held > 3 * target && idle == 0))
		return 0;
	const uint64_t most = target > idle ? target : idle;
	return most > held ? most - held : 0;
}

static void add_up_counts(const struct node_agent *agent,
                          struct node_report *report)
{
	for (int i = 0; i < agent->ranks; i++) {
		const struct rank_counters *counters = counters_of(agent, i);
		if (!counters)
			continue;
		report->done += counter_read(&counters->done);
		report->failed += counter_read(&counters->failed);
	}
}

static bool is_starving(const struct node_report *report)
{
	return report->held == 0 && report->idle > 0;
}

/* Whether rank 0 must know at once. */
static bool is_urgent(const struct node_agent *agent,
                      const struct node_report *report)
{
	const struct node_report *last = &agent->report;

	return report->handled != last->handled || report->stop != last->stop ||
	       report->failure != last->failure || report->left != last->left ||
	       (report->wanted > 0 && agent->asked == 0) ||
	       (report->held == 0 && last->held > 0) ||
	       (is_starving(report) && !is_starving(last));
}

bool node_agent_report(struct node_agent *agent, double now, bool all_read,
                       struct node_report *out)
{
	struct node_pool *pool = agent->pool;

	share_claimed(agent);
	struct node_report report = {
	    .sweep = agent->report.sweep,
	    .handled = agent->handled,
	    .stop =
	        stop_word_for(atomic_load(&agent->states->stop), agent->stops),
	    .failure = atomic_load(&pool->failure),
	    .left = atomic_load(&pool->left) >= (unsigned)agent->ranks,
	    .idle = atomic_load(&pool->idle),
	    .held = count_held(agent),
	};

	/* Rank 0 has heard all that it waited for. */
	if (atomic_load(&pool->all_left))
		return false;
	add_up_counts(agent, &report);
	sample_rate(agent, report.held, report.idle, now);
	report.rate = agent->rate;
	report.wanted = tickets_wanted(agent, report.held, report.idle);
	if (!is_urgent(agent, &report) &&
	    (!all_read || now - agent->reported < COUNTS_SECONDS ||
	     report.done == agent->report.done))
		return false;
	memcpy(report.returned, agent->returned, sizeof(report.returned));
	memset(agent->returned, 0, sizeof(agent->returned));
	if (report.wanted > 0 && agent->asked == 0)
		agent->asked = now;
	agent->report = report;
	agent->reported = now;
	agent->active = now;
	*out = report;
	return true;
}

static void return_tickets(struct node_agent *agent,
                           const struct node_order *order)
{
	const uint64_t held = count_held(agent);
	uint64_t part = (uint64_t)((double)held * order->recall_share);

	if (part < order->recall_least)
		part = order->recall_least;
	if (part > node_pool_count(agent->pool))
		take_claimed(agent);
	node_pool_take_back(agent->pool, part, agent->returned);
	for (int i = 0; i < MESSAGE_RANGES; i++)
		agent->given -= agent->returned[i].count;
}

static void receive_tickets(struct node_agent *agent, double now,
                            const struct node_order *order)
{
	uint64_t count = 0;

	for (int i = 0; i < MESSAGE_RANGES; i++) {
		count += order->granted[i].count;
		node_pool_put(agent->pool, order->granted[i]);
	}
	agent->given += count;
	if (count == 0 || agent->asked == 0)
		return;
	agent->lag = (agent->lag + now - agent->asked) / 2;
	agent->asked = 0;
}

void node_agent_obey(struct node_agent *agent, double now,
                     const struct node_order *order)
{
	struct node_pool *pool = agent->pool;
	int whole = 0;

	if (order->sweep != agent->report.sweep)
		return;
	agent->handled = order->number;
	agent->active = now;
	if (order->recall_least > 0)
		return_tickets(agent, order);
	receive_tickets(agent, now, order);
	if (order->stop)
		stop_word_write(&agent->states->stop, order->stop);
	if (order->failure)
		atomic_compare_exchange_strong(&pool->failure, &whole,
		                               order->failure);
	atomic_store(&pool->end, order->end != 0);
	atomic_store(&pool->all_left, order->all_left != 0);
	bell_ring(&pool->bell);
}

double node_agent_pause(const struct node_agent *agent, double now)
{
	const bool waits = agent->asked > 0 ||
	                   agent->report.handled != agent->handled ||
	                   atomic_load(&agent->pool->idle) > 0;
	const double least = waits ? PAUSE_LEAST_WAITING : PAUSE_LEAST;
	double most = PAUSE_LEAST;

	if (agent->rate > 0)
		most = agent->ranks / agent->rate / PAUSES_A_TASK;
	if (most > PAUSE_MOST || atomic_load(&agent->pool->end))
		most = PAUSE_MOST;
	if (most < PAUSE_LEAST)
		most = PAUSE_LEAST;
	const double pause = (now - agent->active) / 8;
	return pause < least ? least : pause < most ? pause : most;
}
