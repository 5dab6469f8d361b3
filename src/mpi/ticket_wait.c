#define _POSIX_C_SOURCE 200809L
#include "ticket_wait.h"

#include "bell.h"
#include "common/base/error.h"
#include "common/base/wait_hook.h"
#include "launcher_watch.h"
#include "ticket_server.h"
#include "ticket_window.h"

#include <stdio.h>
#include <unistd.h>

#define SLEEP_SECONDS 0.05 /* between two looks at the time limit */

bool ticket_wait_takes_turns(const struct tickets *tickets)
{
	return tickets->server && !tickets->progress_thread.runs &&
	       tickets->process == getpid();
}

static const char *missing_rank(const struct tickets *tickets, char text[64])
{
	const int rank = tickets->server && tickets->process == getpid()
	                     ? ticket_server_find_missing(tickets->server)
	                     : -1;

	if (rank >= 0)
		snprintf(text, 64, "the node of rank %d did", rank);
	else
		snprintf(text, 64, "the ranks of other nodes did");
	return text;
}

/* This process gives up, and with it all ranks of its node. They tell the
 * others, so far as they can be reached. */
static cohort_status give_up(struct mpi_world *world, cohort_status failure)
{
	struct tickets *tickets = &world->tickets;
	struct node_pool *pool = tickets->pool;
	char text[64];
	int none = 0;

	tickets->failed = failure;
	if (atomic_compare_exchange_strong(&pool->failure, &none, failure)) {
		bell_ring(&pool->bell);
		bell_ring(&pool->first_rank_bell);
	}
	switch (failure) {
	case COHORT_ETIMEOUT:
		return error_set(failure,
		                 "cohort_scatter: %s not answer within the "
		                 "timeout of %g s, while rank %d waited",
		                 missing_rank(tickets, text), world->timeout,
		                 world->base.rank);
	case COHORT_EPEER:
		return error_set(failure,
		                 "cohort_scatter: the process that started "
		                 "rank %d, or another rank of its node, has "
		                 "ended: the launcher has ended the job, or "
		                 "was killed",
		                 world->base.rank);
	default:
		return error_set(failure,
		                 "cohort_scatter: MPI failed to exchange "
		                 "the messages of the sweep's tickets, on "
		                 "the node of rank %d or another one",
		                 world->base.rank);
	}
}

/* Seconds that the rank may sleep then. */
static double attend_results(const struct mpi_world *world)
{
	const struct world *base = &world->base;

	if (!base->attend || world->tickets.process != getpid())
		return SLEEP_SECONDS;
	const double most = base->attend(base->attend_arg);
	return most < SLEEP_SECONDS ? most : SLEEP_SECONDS;
}

cohort_status ticket_wait_failure(struct mpi_world *world)
{
	struct tickets *tickets = &world->tickets;
	const int failure = atomic_load(&tickets->pool->failure);

	if (failure)
		return give_up(world, (cohort_status)failure);
	/* A forked copy ends with its rank. */
	if (tickets->process == getpid() && launcher_watch_is_over())
		return give_up(world, COHORT_EPEER);
	return COHORT_OK;
}

cohort_status ticket_wait_moment(struct mpi_world *world,
                                 struct time_limit *limit, unsigned seen)
{
	struct tickets *tickets = &world->tickets;
	struct node_pool *pool = tickets->pool;
	const cohort_status status = ticket_wait_failure(world);

	if (status != COHORT_OK)
		return status;
	if (time_limit_passed(limit))
		return give_up(world, COHORT_ETIMEOUT);
	if (tickets->process == getpid())
		wait_hook_call();
	const double most = attend_results(world);
	if (ticket_wait_takes_turns(tickets)) {
		const unsigned rung = atomic_load(&pool->first_rank_bell);
		const double pause = ticket_server_turn(tickets->server);
		bell_wait(&pool->first_rank_bell, rung,
		          pause < most ? pause : most);
	} else {
		bell_wait(&pool->bell, seen, most);
	}
	return COHORT_OK;
}
