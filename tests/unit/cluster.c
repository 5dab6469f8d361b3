/* The makespan is compared with the ideal one, and with that of the same tasks if no
 * rank had waited for a message. */
#include "cluster.h"

#include "common/base/steal_slot.h"
#include "mpi/coordinator.h"
#include "mpi/node_agent.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A message, or none if `at` is infinite. */
struct mail {
	double at;
	double busy; /* until its sender knows that it was received */
	struct node_report report;
	struct node_order order;
};

struct node {
	struct node_pool pool;
	struct worker_stats *stats;
	struct rank_states *states;
	struct node_agent agent;
	double turn;             /* when the agent looks again */
	double busy[RANKS_MOST]; /* until when a rank works; negative: idle */
	bool left[RANKS_MOST];
	struct mail to;                   /* an order */
	struct mail from[REPORTS_UNREAD]; /* reports */
};

/* The task that ended last so far. */
struct ending {
	double at;
	double work; /* seconds of a rank that is not slow */
	double span; /* seconds that it took */
};

static struct node nodes[NODES_MOST];
static struct node_view views[NODES_MOST];
static struct ticket_range returned[NODES_MOST * MESSAGE_RANGES];
static struct coordinator coordinator;
static bool done[TASKS_MOST];
static struct ending ending;
static uint64_t messages;

double cluster_longest(enum kind kind)
{
	static const double factors[KINDS] = {1, 10, 20};

	return factors[kind];
}

static double task_seconds(const struct cluster *cluster, uint64_t i)
{
	const uint64_t mixed = i * 2654435761u % cluster->tasks;
	const double most = cluster_longest(cluster->kind);
	double factor = 1;

	if (cluster->kind == BIMODAL)
		factor = i % 20 == 7 ? most : 1;
	if (cluster->kind == HEAVY)
		factor = pow(1 - ((double)mixed + 0.5) / (double)cluster->tasks,
		             -1 / 1.5);
	return cluster->seconds * (factor < most ? factor : most);
}

double cluster_speeds(const struct cluster *cluster)
{
	double speeds = 0;

	for (int n = 0; n < cluster->nodes; n++)
		speeds += cluster->ranks[n] / cluster->slow[n];
	return speeds;
}

static struct outcome judge(const struct cluster *cluster)
{
	const double speeds = cluster_speeds(cluster);
	double work = 0;
	double longest = 0;

	for (uint64_t i = 0; i < cluster->tasks; i++) {
		const double seconds = task_seconds(cluster, i);
		work += seconds;
		longest = fmax(longest, seconds);
	}
	return (struct outcome){
	    .makespan = ending.at,
	    .ideal = fmax(work / speeds, longest),
	    .whole = (work - ending.work) / speeds + ending.span,
	    .messages = messages,
	};
}

static void set_up(const struct cluster *cluster)
{
	uint64_t before = 0;

	memset(nodes, 0, sizeof(nodes));
	memset(views, 0, sizeof(views));
	memset(done, 0, sizeof(done));
	ending = (struct ending){0, 0, 0};
	messages = 0;
	coordinator = (struct coordinator){
	    .nodes = cluster->nodes,
	    .views = views,
	    .returned = returned,
	    .returned_most = coordinator_returned_most(cluster->nodes),
	};
	for (int n = 0; n < cluster->nodes; n++) {
		struct node *node = &nodes[n];
		coordinator.ranks += cluster->ranks[n];
		views[n].ranks = cluster->ranks[n];
		views[n].workers = cluster->ranks[n];
		node->stats = calloc(1, worker_stats_bytes(RANKS_MOST));
		node->states = calloc(1, rank_states_bytes(RANKS_MOST));
		node->agent = (struct node_agent){.pool = &node->pool,
		                                  .stats = node->stats,
		                                  .states = node->states,
		                                  .ranks = cluster->ranks[n]};
		node_agent_begin(&node->agent, 1, cluster->tasks,
		                 coordinator_first_tickets(
		                     cluster->tasks, cluster->depth, before,
		                     (uint64_t)cluster->ranks[n]),
		                 0);
		for (int r = 0; r < cluster->ranks[n]; r++)
			atomic_store(&node->stats->ranks[r].sweep, 1);
		node->agent.sweep_mark = 1;
		node->to.at = INFINITY;
		for (int i = 0; i < REPORTS_UNREAD; i++)
			node->from[i] = (struct mail){.at = INFINITY};
		before += (uint64_t)cluster->ranks[n];
	}
	coordinator_begin(&coordinator, 1, cluster->tasks, cluster->depth);
}

static void send_report(const struct cluster *cluster, struct node *node,
                        double now)
{
	struct mail *mail = NULL;
	int unread = 0;

	for (int i = 0; i < REPORTS_UNREAD; i++)
		if (isinf(node->from[i].at) && node->from[i].busy <= now)
			mail = &node->from[i];
		else
			unread++;
	if (!mail ||
	    !node_agent_report(&node->agent, now, unread == 0, &mail->report))
		return;
	mail->at = now + cluster->delay;
	messages++;
}

static void take_orders(const struct cluster *cluster, double now)
{
	struct node_report report;
	struct node_order order;

	if (node_agent_report(&nodes[0].agent, now, true, &report))
		coordinator_hear(&coordinator, 0, &report);
	coordinator_plan(&coordinator);
	for (int n = 1; n < cluster->nodes; n++)
		if (isinf(nodes[n].to.at) &&
		    coordinator_order(&coordinator, n, &nodes[n].to.order)) {
			nodes[n].to.at = now + cluster->delay;
			messages++;
		}
	if (!coordinator_order(&coordinator, 0, &order))
		return;
	node_agent_obey(&nodes[0].agent, now, &order);
	if (node_agent_report(&nodes[0].agent, now, true, &report))
		coordinator_hear(&coordinator, 0, &report);
}

/* Messages do not overtake each other. */
static bool hear_report(const struct cluster *cluster, int n, double now)
{
	struct mail *from = nodes[n].from;
	struct mail *first = from[1].at < from[0].at ? &from[1] : &from[0];

	if (first->at > now)
		return false;
	coordinator_hear(&coordinator, n, &first->report);
	first->at = INFINITY;
	first->busy = now + cluster->delay;
	return true;
}

/* As ticket_server_turn. */
static void take_turn(const struct cluster *cluster, int n, double now)
{
	struct node *node = &nodes[n];

	for (int m = 1; n == 0 && m < cluster->nodes; m++)
		while (hear_report(cluster, m, now))
			node->agent.active = now;
	if (node->to.at <= now) {
		node_agent_obey(&node->agent, now, &node->to.order);
		node->to.at = INFINITY;
	}
	if (n == 0)
		take_orders(cluster, now);
	else
		send_report(cluster, node, now);
	node->turn = now + node_agent_pause(&node->agent, now);
}

/* Returns when the task ends. */
static double begin_task(const struct cluster *cluster, int n, uint64_t ticket,
                         double now)
{
	const double work = task_seconds(cluster, ticket);
	const double span = cluster->slow[n] * work;

	if (now + span > ending.at)
		ending = (struct ending){now + span, work, span};
	return now + span;
}

/* As claim_task in src/common/sweep/scheduler.c. */
static bool claim_ticket(const struct cluster *cluster, int n, int r,
                         uint64_t *out)
{
	struct node *node = &nodes[n];
	struct rank_counters *own = &node->stats->ranks[r];

	if (steal_slot_take(own, out))
		return true;
	const struct ticket_range taken =
	    node_pool_take(&node->pool, cluster->tasks, cluster->claim);
	*out = taken.first;
	if (taken.count > 0)
		steal_slot_fill(own, taken.first + 1, taken.count - 1);
	return taken.count > 0 ||
	       (atomic_load(&node->pool.end) &&
	        steal_slot_steal(node->stats, cluster->ranks[n], r, out));
}

/* Returns whether the rank has become idle, so that the agent looks. */
static bool free_rank(const struct cluster *cluster, int n, int r, double now)
{
	struct node *node = &nodes[n];
	const bool waited = node->busy[r] < 0;
	uint64_t ticket;

	if (claim_ticket(cluster, n, r, &ticket)) {
		cr_assert(!done[ticket], "a ticket was given twice");
		done[ticket] = true;
		node->busy[r] = begin_task(cluster, n, ticket, now);
		if (waited)
			atomic_fetch_sub(&node->pool.idle, 1);
		return false;
	}
	if (atomic_load(&node->pool.end)) {
		if (waited)
			atomic_fetch_sub(&node->pool.idle, 1);
		atomic_fetch_add(&node->pool.left, 1);
		node->left[r] = true;
		return false;
	}
	if (!waited)
		atomic_fetch_add(&node->pool.idle, 1);
	node->busy[r] = -1;
	return !waited;
}

static void serve_ranks(const struct cluster *cluster, int n, double now)
{
	struct node *node = &nodes[n];

	for (int r = 0; r < cluster->ranks[n]; r++)
		if (!node->left[r] && node->busy[r] <= now &&
		    free_rank(cluster, n, r, now))
			node->turn = now;
}

/* When something happens next. */
static double next_event(const struct cluster *cluster)
{
	double next = INFINITY;

	for (int n = 0; n < cluster->nodes; n++) {
		next = fmin(next, nodes[n].turn);
		for (int r = 0; r < cluster->ranks[n]; r++)
			if (!nodes[n].left[r] && nodes[n].busy[r] >= 0)
				next = fmin(next, nodes[n].busy[r]);
	}
	return next;
}

static bool all_know(const struct cluster *cluster)
{
	for (int n = 0; n < cluster->nodes; n++)
		if (!atomic_load(&nodes[n].pool.all_left))
			return false;
	return true;
}

struct outcome cluster_run(const struct cluster *cluster)
{
	double now = 0;

	set_up(cluster);
	while (!all_know(cluster)) {
		cr_assert(now < 1e5, "the sweep does not end");
		for (int n = 0; n < cluster->nodes; n++) {
			serve_ranks(cluster, n, now);
			if (nodes[n].turn <= now) {
				take_turn(cluster, n, now);
				serve_ranks(cluster, n, now);
			}
		}
		now = next_event(cluster);
	}
	for (uint64_t i = 0; i < cluster->tasks; i++)
		cr_assert(done[i], "a ticket was lost");
	for (int n = 0; n < cluster->nodes; n++) {
		free(nodes[n].stats);
		free(nodes[n].states);
	}
	return judge(cluster);
}
