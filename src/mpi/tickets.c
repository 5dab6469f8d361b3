/*
 * On one node a claim is an atomic addition to a counter in shared memory: no
 * call of MPI, and no rank has to answer.
 *
 * With several nodes, the ranks of a node take tickets from a pool in shared
 * memory (node_pool.h). The first rank of the node fills the pool: it sends
 * reports to rank 0, which answers with orders (node_agent.h, coordinator.h).
 * These are ordinary messages, which every MPI has over every network. A rank
 * that finds the pool empty sleeps until tickets come, or until rank 0 says
 * that all have been begun.
 *
 * A rank may be in a task for hours. So a thread of each first rank exchanges
 * these messages (progress_thread.h). If the program has initialised MPI
 * without support for threads, the first ranks exchange messages only when they
 * claim or wait: other ranks may then wait for a ticket as long as a task of a
 * first rank takes. To make that rare, the nodes begin with half of all
 * tickets.
 *
 * Cost: one compare-and-swap for a claim; for a node two messages for each time
 * in which it does the tickets that it holds, and ten a second for the
 * progress.
 */
#define _POSIX_C_SOURCE 200809L
#include "tickets.h"

#include "bell.h"
#include "common/base/c_locale.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/rank_states.h"
#include "common/base/stop_word.h"
#include "common/base/time_limit.h"
#include "common/base/worker_stats.h"
#include "ticket_server.h"
#include "ticket_wait.h"
#include "ticket_window.h"

static bool is_first_of_node(const struct tickets *tickets)
{
	return tickets->node_rank == 0;
}

/* Tickets that a node has for each of its ranks from the start. */
static uint64_t first_depth(const struct mpi_world *world, uint64_t total)
{
	const uint64_t ranks = (uint64_t)world->base.size;
	const uint64_t most = POOL_RANGE_MOST / ranks;
	uint64_t depth = world->tickets.threads ? 1 : total / 2 / ranks;

	depth = depth < most ? depth : most;
	return depth > 0 ? depth : 1;
}

/* No rank claims tickets of the sweep before any more, and none claims yet. So
 * the first rank of each node may clear the window. */
cohort_status tickets_open(struct world *base, uint64_t total)
{
	struct mpi_world *world = world_of(base);
	struct tickets *tickets = &world->tickets;

	tickets->total = total;
	tickets->opened++;
	tickets->failed = COHORT_OK;
	if (is_first_of_node(tickets))
		atomic_store(&tickets->counter->next, 0);
	if (tickets->nodes == 1)
		return COHORT_OK;
	tickets->depth = first_depth(world, total);
	if (!is_first_of_node(tickets))
		return COHORT_OK;
	cohort_status status =
	    tickets->server ? COHORT_OK
	                    : ticket_server_open(world, &tickets->server);
	if (status == COHORT_OK)
		ticket_server_begin(tickets->server);
	return status;
}

static double take_turn(void *arg)
{
	return ticket_server_turn(arg);
}

void tickets_join(struct world *base)
{
	struct tickets *tickets = &world_of(base)->tickets;
	struct progress_thread *thread = &tickets->progress_thread;

	if (tickets->nodes == 1 || !tickets->server)
		return;
	thread->turn = take_turn;
	thread->arg = tickets->server;
	thread->bell = &tickets->pool->first_rank_bell;
	/* Without a thread, this rank takes its turns in claims and waits. */
	if (!progress_thread_begin(thread) && world_of(base)->tickets.threads)
		log_line(LOG_WARN, base->rank,
		         "mpi: the system refuses a thread (%s): other nodes "
		         "get tasks only when a task of this rank has ended, "
		         "so their ranks may wait",
		         error_text(thread->refused));
}

/* Whether the deadline has come. A rank that leaves for it says so to the
 * others, since it may leave tickets behind. */
static bool is_too_late(const struct mpi_world *world)
{
	_Atomic uint64_t *late = &world->tickets.stats->late_sweep;

	if (world->base.stop_at == 0)
		return false;
	if (clock_seconds() >= world->base.stop_at)
		atomic_store(late, world->base.sweep);
	return atomic_load(late) == world->base.sweep;
}

/* Whether no ticket will come any more: all are begun, or the sweep stops. */
static bool no_more_will_come(const struct mpi_world *world)
{
	if (is_too_late(world))
		return true;
	return atomic_load(&world->tickets.pool->end) ||
	       stop_word_for(atomic_load(&world->tickets.states->stop),
	                     world->base.sweep);
}

/* Tickets of this rank's node; false if there are none. */
static bool take_from_pool(const struct tickets *tickets, uint64_t most,
                           struct ticket_range *out)
{
	*out = node_pool_take(tickets->pool, tickets->total, most);
	return out->count > 0;
}

static cohort_status wait_for_ticket(struct mpi_world *world, uint64_t most,
                                     struct ticket_range *out)
{
	struct node_pool *pool = world->tickets.pool;
	struct time_limit limit = time_limit_in(world->timeout);
	cohort_status status = COHORT_OK;

	atomic_fetch_add(&pool->idle, 1);
	bell_ring(&pool->first_rank_bell);
	for (;;) {
		const unsigned seen = atomic_load(&pool->bell);
		const bool ends = no_more_will_come(world);
		if (take_from_pool(&world->tickets, most, out) || ends)
			break;
		status = ticket_wait_moment(world, &limit, seen);
		if (status != COHORT_OK)
			break;
	}
	atomic_fetch_sub(&pool->idle, 1);
	return status;
}

/* A claim with several nodes. Rank 0 cannot take claimed tickets back for other
 * nodes; the scheduler claims several only if their tasks take no time. */
static cohort_status claim_from_pool(struct mpi_world *world, uint64_t most,
                                     struct ticket_range *out)
{
	struct tickets *tickets = &world->tickets;

	if (ticket_wait_takes_turns(tickets))
		ticket_server_turn(tickets->server);
	return take_from_pool(tickets, most, out)
	           ? COHORT_OK
	           : wait_for_ticket(world, most, out);
}

cohort_status tickets_claim(struct world *base, uint64_t most,
                            struct ticket_range *out)
{
	struct mpi_world *world = world_of(base);
	struct tickets *tickets = &world->tickets;

	if (tickets->nodes > 1)
		return claim_from_pool(world, most, out);
	*out = ticket_range_cut(atomic_fetch_add(&tickets->counter->next, most),
	                        most, tickets->total);
	return COHORT_OK;
}

cohort_status tickets_attend(struct world *base)
{
	struct mpi_world *world = world_of(base);
	const struct tickets *tickets = &world->tickets;

	if (tickets->nodes == 1)
		return COHORT_OK;
	if (ticket_wait_takes_turns(tickets))
		ticket_server_turn(tickets->server);
	return ticket_wait_failure(world);
}

/* Wait, asleep, until all ranks have left the sweep. */
static cohort_status wait_for_all(struct mpi_world *world)
{
	struct tickets *tickets = &world->tickets;
	struct node_pool *pool = tickets->pool;
	struct time_limit limit = time_limit_in(world->timeout);
	cohort_status status = COHORT_OK;

	while (status == COHORT_OK) {
		const unsigned seen = atomic_load(&pool->bell);
		if (ticket_wait_takes_turns(tickets)
		        ? ticket_server_is_done(tickets->server)
		        : atomic_load(&pool->all_left))
			break;
		status = ticket_wait_moment(world, &limit, seen);
	}
	return status;
}

cohort_status tickets_leave(struct world *base)
{
	struct mpi_world *world = world_of(base);
	struct tickets *tickets = &world->tickets;
	cohort_status status = tickets->failed;

	if (tickets->nodes == 1)
		return COHORT_OK;
	atomic_fetch_add(&tickets->pool->left, 1);
	bell_ring(&tickets->pool->first_rank_bell);
	if (status == COHORT_OK)
		status = wait_for_all(world);
	progress_thread_end(&tickets->progress_thread);
	if (!ticket_wait_takes_turns(tickets))
		return status;
	/* The thread may not have sent the last messages. */
	if (status == COHORT_OK)
		return wait_for_all(world);
	ticket_server_turn(tickets->server);
	return status;
}
