/*
 * The tickets of a node that no rank has begun, and what else the ranks of the
 * node share in a sweep over several nodes. All of it is in shared memory, and
 * processes may change it at the same time. Only the node's first rank puts
 * tickets in and takes several out.
 */
#ifndef COHORT_MPI_NODE_POOL_H
#define COHORT_MPI_NODE_POOL_H

#include "ticket_message.h"

#include <stdatomic.h>
#include <stdbool.h>

enum { POOL_SLOTS = 2 * MESSAGE_RANGES };

struct node_pool {
	/* Ranges of tickets: first << 24 | count. */
	_Alignas(64) atomic_uint_least64_t slots[POOL_SLOTS];
	_Alignas(64) atomic_uint bell; /* rung for ranks that wait */
	atomic_uint idle;              /* ranks that wait for a ticket */
	atomic_uint left;              /* ranks that have left the sweep */
	atomic_int end;                /* 1: no more tickets will come */
	atomic_int all_left; /* 1: all ranks of all nodes have left the sweep */
	atomic_int failure;  /* cohort_status that ends the sweep; 0: none */
	_Alignas(64) atomic_uint first_rank_bell; /* rung for the first rank */
};

/* The most tickets that a slot can have. */
enum { POOL_RANGE_MOST = 0xffffff };

/* Before a sweep, when no rank uses the pool. */
void node_pool_clear(struct node_pool *pool);

/* Take up to `most` tickets of the `total` that the sweep has; a count of 0
 * means that there are none. Any code of the program may have written to the
 * pool, so a range beyond `total` is dropped; the ranks run its tasks in a
 * later pass. */
struct ticket_range node_pool_take(struct node_pool *pool, uint64_t total,
                                   uint64_t most);

/* Add a range, which may be empty, to a slot. There must be a free one. */
void node_pool_put(struct node_pool *pool, struct ticket_range range);

/* Take up to `most` tickets, in at most MESSAGE_RANGES ranges. The other
 * entries of `out` become empty. */
void node_pool_take_back(struct node_pool *pool, uint64_t most,
                         struct ticket_range out[MESSAGE_RANGES]);

uint64_t node_pool_count(const struct node_pool *pool);

int node_pool_free_slots(const struct node_pool *pool);

#endif
