/*
 * Tickets between nodes, in simulated time: nodes with ranks of different
 * speeds, messages that take a while, and tasks of all kinds. The makespan is
 * compared with the ideal one, in which no rank is idle before the end.
 */
#include "mpi/coordinator.h"
#include "mpi/node_agent.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NODES_MOST = 4, RANKS_MOST = 9, TASKS_MOST = 100000 };

enum kind { UNIFORM, BIMODAL, HEAVY };

struct cluster {
	int nodes;
	int ranks[NODES_MOST];
	double slow[NODES_MOST]; /* the time of a task is multiplied by it */
	double delay;            /* of a message, in seconds */
	uint64_t tasks;
	double seconds; /* of a usual task */
	enum kind kind;
	uint64_t depth;
};

/* A message, or none if `at` is infinite. */
struct mail {
	double at;
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
	struct mail to;      /* an order */
	struct mail from[2]; /* reports */
};

static struct node nodes[NODES_MOST];
static struct node_view views[NODES_MOST];
static struct ticket_range returned[NODES_MOST * MESSAGE_RANGES];
static struct coordinator coordinator;
static bool done[TASKS_MOST];
static double last_end;
static uint64_t messages;

static double task_seconds(const struct cluster *cluster, uint64_t i)
{
	const uint64_t mixed = i * 2654435761u % cluster->tasks;
	double factor = 1;

	if (cluster->kind == BIMODAL)
		factor = i % 20 == 7 ? 10 : 1;
	if (cluster->kind == HEAVY)
		factor = pow(1 - ((double)mixed + 0.5) / (double)cluster->tasks,
		             -1 / 1.5);
	return cluster->seconds * (factor < 20 ? factor : 20);
}

static double ideal(const struct cluster *cluster)
{
	double work = 0;
	double longest = 0;
	double speeds = 0;

	for (uint64_t i = 0; i < cluster->tasks; i++) {
		const double seconds = task_seconds(cluster, i);
		work += seconds;
		longest = seconds > longest ? seconds : longest;
	}
	for (int n = 0; n < cluster->nodes; n++)
		speeds += cluster->ranks[n] / cluster->slow[n];
	return work / speeds > longest ? work / speeds : longest;
}

static void set_up(const struct cluster *cluster)
{
	uint64_t before = 0;

	memset(nodes, 0, sizeof(nodes));
	memset(views, 0, sizeof(views));
	memset(done, 0, sizeof(done));
	last_end = 0;
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
		node_agent_begin(&node->agent, 1,
		                 coordinator_first_tickets(
		                     cluster->tasks, cluster->depth, before,
		                     (uint64_t)cluster->ranks[n]),
		                 0);
		node->to.at = node->from[0].at = node->from[1].at = INFINITY;
		before += (uint64_t)cluster->ranks[n];
	}
	coordinator_begin(&coordinator, 1, cluster->tasks, cluster->depth);
}

static void send_report(const struct cluster *cluster, struct node *node,
                        double now)
{
	for (int i = 0; i < 2; i++)
		if (isinf(node->from[i].at) &&
		    node_agent_report(&node->agent, now,
		                      &node->from[i].report)) {
			node->from[i].at = now + cluster->delay;
			messages++;
			return;
		}
}

static void take_orders(const struct cluster *cluster, double now)
{
	struct node_report report;
	struct node_order order;

	if (node_agent_report(&nodes[0].agent, now, &report))
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
	if (node_agent_report(&nodes[0].agent, now, &report))
		coordinator_hear(&coordinator, 0, &report);
}

/* As ticket_server_turn. */
static void take_turn(const struct cluster *cluster, int n, double now)
{
	struct node *node = &nodes[n];

	for (int m = 1; n == 0 && m < cluster->nodes; m++)
		for (int i = 0; i < 2; i++)
			if (nodes[m].from[i].at <= now) {
				coordinator_hear(&coordinator, m,
				                 &nodes[m].from[i].report);
				nodes[m].from[i].at = INFINITY;
				node->agent.active = now;
			}
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

/* Returns whether the rank has become idle, so that the agent looks. */
static bool free_rank(const struct cluster *cluster, int n, int r, double now)
{
	struct node *node = &nodes[n];
	const bool waited = node->busy[r] < 0;
	const struct ticket_range taken =
	    node_pool_take(&node->pool, UINT64_MAX, 1);
	const uint64_t ticket = taken.first;

	if (taken.count > 0) {
		cr_assert(!done[ticket], "a ticket was given twice");
		done[ticket] = true;
		node->busy[r] =
		    now + cluster->slow[n] * task_seconds(cluster, ticket);
		last_end = node->busy[r] > last_end ? node->busy[r] : last_end;
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

static double simulate(const struct cluster *cluster)
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
	for (int n = 0; n < cluster->nodes; n++)
		free(nodes[n].stats);
	return last_end;
}

static const double delays[] = {0, 1e-3, 5e-3, 50e-3};
static const double slows[] = {1, 2, 4, 10};
static const int layouts[][NODES_MOST] = {
    {1, 1}, {6, 1}, {1, 6}, {3, 3}, {9, 9}, {2, 2, 2}, {1, 4, 9}, {4, 4, 4, 4},
};

enum {
	DELAYS = sizeof(delays) / sizeof(*delays),
	SLOWS = sizeof(slows) / sizeof(*slows),
	LAYOUTS = sizeof(layouts) / sizeof(*layouts),
};

/* `slowest` is the node whose ranks take `slow` times as long. */
static struct cluster cluster_of(const int ranks[NODES_MOST], int slowest,
                                 double slow, double delay)
{
	struct cluster cluster = {.delay = delay, .depth = 1};

	for (int n = 0; n < NODES_MOST && ranks[n] > 0; n++) {
		cluster.ranks[n] = ranks[n];
		cluster.slow[n] = n == slowest ? slow : 1;
		cluster.nodes++;
	}
	return cluster;
}

/* The longest task, in usual ones. */
static double longest_factor(enum kind kind)
{
	return kind == UNIFORM ? 1 : kind == BIMODAL ? 10 : 20;
}

/* Tasks take ten round trips. The longest task on a slow rank, if it begins last,
 * takes 1/30 of the ideal makespan. */
static double ratio_of(struct cluster *cluster, enum kind kind)
{
	double speeds = 0;
	double slow = 1;

	for (int n = 0; n < cluster->nodes; n++) {
		speeds += cluster->ranks[n] / cluster->slow[n];
		slow = fmax(slow, cluster->slow[n]);
	}
	cluster->kind = kind;
	cluster->seconds = fmax(20 * cluster->delay, 20e-3);
	cluster->tasks = (uint64_t)(30 * longest_factor(kind) * slow * speeds);
	if (cluster->tasks > TASKS_MOST)
		cluster->tasks = TASKS_MOST;
	return simulate(cluster) / ideal(cluster);
}

static double worst_ratio(enum kind kind, int step)
{
	double worst = 0;

	for (int i = 0; i < LAYOUTS * SLOWS * DELAYS * 2; i += step) {
		struct cluster cluster =
		    cluster_of(layouts[i % LAYOUTS], i / LAYOUTS % 2,
		               slows[i / LAYOUTS / 2 % SLOWS],
		               delays[i / LAYOUTS / 2 / SLOWS]);
		const double ratio = ratio_of(&cluster, kind);
		worst = fmax(worst, ratio);
		if (ratio > 1.1)
			cr_log_warn("cluster %d: %.3f, %llu messages", i, ratio,
			            (unsigned long long)messages);
	}
	cr_log_info("worst ratio: %.3f", worst);
	return worst;
}

Test(balance, uniform)
{
	cr_assert_leq(worst_ratio(UNIFORM, 1), 1.1);
}

/* These take many more tasks, so not all clusters are tried. */
Test(balance, bimodal)
{
	cr_assert_leq(worst_ratio(BIMODAL, 5), 1.1);
}

Test(balance, heavy)
{
	cr_assert_leq(worst_ratio(HEAVY, 9), 1.1);
}
