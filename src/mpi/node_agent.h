/*
 * The first rank of a node acts for its node in a sweep over several nodes: it
 * reports to rank 0 how many tickets are left in the node's pool, asks for
 * more, and carries out the orders that come back. Calls neither MPI nor a
 * clock; ticket_server.c does.
 */
#ifndef COHORT_MPI_NODE_AGENT_H
#define COHORT_MPI_NODE_AGENT_H

#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "node_pool.h"

struct node_agent {
	struct node_pool *pool;
	struct worker_stats *stats; /* of the node's ranks */
	struct rank_states *states; /* of the node's ranks */
	int ranks;
	uint64_t total;            /* tickets of the sweep */
	struct node_report report; /* the last one that was sent */
	/* Not yet reported. */
	struct ticket_range returned[MESSAGE_RANGES];
	uint64_t given;      /* tickets that the node got and did not return */
	double reported;     /* time of that report */
	double asked;        /* time of a request without an answer; 0: none */
	double active;       /* time of the last report or order */
	double lag;          /* seconds from a request to its answer */
	double sampled;      /* time of the last sample of `rate` */
	uint64_t completed;  /* tickets that were done then */
	double rate;         /* as in the report */
	uint64_t sweep_mark; /* of the ranks' counters; see progress.c */
	uint64_t stops;      /* the sweep's number in stop words */
	uint32_t handled;    /* as in the report */
};

/* Begin a sweep of `total` tickets. `first` are those that the node has from
 * the start, at most POOL_RANGE_MOST. */
void node_agent_begin(struct node_agent *agent, uint64_t sweep, uint64_t total,
                      struct ticket_range first, double now);

/* Whether there is something to report; *out is then the report, and counts as
 * sent. If rank 0 has not received all reports (`all_read`), counts alone are
 * no reason for another one. */
bool node_agent_report(struct node_agent *agent, double now, bool all_read,
                       struct node_report *out);

void node_agent_obey(struct node_agent *agent, double now,
                     const struct node_order *order);

/* Seconds until the next look for orders. */
double node_agent_pause(const struct node_agent *agent, double now);

#endif
