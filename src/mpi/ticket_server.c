/* The node of rank 0 hears rank 0's orders without a message. */
#define _POSIX_C_SOURCE 200809L
#include "ticket_server.h"

#include "bell.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "coordinator.h"
#include "launcher_watch.h"
#include "mpi_error.h"
#include "node_agent.h"
#include "ticket_transfer.h"
#include "ticket_window.h"

#include <stdlib.h>

struct ticket_server {
	const struct mpi_world *world;
	struct node_agent agent;
	/* On rank 0: to each node; on other ranks: REPORTS_UNREAD, to rank 0.
	 */
	struct ticket_transfer *outgoing;
	int transfers; /* of `outgoing` */
	uint64_t sweep;
	bool coordinates; /* this is rank 0 */
	struct coordinator coordinator;
	uint64_t elsewhere_done; /* by other nodes than that of rank 0 */
	uint64_t elsewhere_failed;
};

static cohort_status no_memory(void)
{
	return error_sys("cohort_scatter: malloc for the tickets of several "
	                 "nodes");
}

static cohort_status open_coordinator(struct ticket_server *server)
{
	const struct tickets *tickets = &server->world->tickets;
	struct coordinator *coordinator = &server->coordinator;
	const size_t nodes = (size_t)tickets->nodes;

	coordinator->nodes = tickets->nodes;
	coordinator->ranks = server->world->base.size;
	coordinator->returned_most = coordinator_returned_most(tickets->nodes);
	coordinator->views = calloc(nodes, sizeof(*coordinator->views));
	coordinator->returned =
	    calloc(coordinator->returned_most, sizeof(*coordinator->returned));
	if (!coordinator->views || !coordinator->returned)
		return no_memory();
	for (int r = 0, n = 0; r < coordinator->ranks; r++)
		if (tickets->led[r] > 0)
			coordinator->views[n++] = (struct node_view){
			    .first_rank = r, .ranks = tickets->led[r]};
	return COHORT_OK;
}

cohort_status ticket_server_open(const struct mpi_world *world,
                                 struct ticket_server **out)
{
	const struct tickets *tickets = &world->tickets;
	struct ticket_server *server = calloc(1, sizeof(*server));

	if (!server)
		return no_memory();
	server->world = world;
	server->agent.pool = tickets->pool;
	server->agent.stats = tickets->stats;
	server->agent.states = tickets->states;
	server->agent.ranks = tickets->node_size;
	server->coordinates = world->base.rank == 0;
	server->transfers =
	    server->coordinates ? tickets->nodes : REPORTS_UNREAD;
	server->outgoing =
	    calloc((size_t)server->transfers, sizeof(*server->outgoing));
	cohort_status status = server->outgoing ? COHORT_OK : no_memory();
	for (int i = 0; server->outgoing && i < server->transfers; i++)
		server->outgoing[i].request = MPI_REQUEST_NULL;
	if (status == COHORT_OK && server->coordinates)
		status = open_coordinator(server);
	if (status != COHORT_OK) {
		ticket_server_close(server);
		return status;
	}
	*out = server;
	return COHORT_OK;
}

void ticket_server_close(struct ticket_server *server)
{
	if (!server)
		return;
	free(server->coordinator.views);
	free(server->coordinator.returned);
	free(server->outgoing);
	free(server);
}

/* The node whose first rank this is. Nodes are in the order of first ranks. */
static int node_of_rank(const struct coordinator *coordinator, int rank)
{
	int low = 0;
	int high = coordinator->nodes - 1;

	while (low < high) {
		const int middle = (low + high + 1) / 2;
		if (coordinator->views[middle].first_rank <= rank)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* Ranks that will claim tickets, of the nodes whose first ranks are from `from`
 * on and before `end`. A node without any gets no tickets: they would wait
 * there until no other node has tickets, and results that on_result gets in
 * order wait for them. */
static int count_workers(const struct mpi_world *world, int from, int end)
{
	const int *leader_of = world->tickets.leader_of;
	int workers = 0;

	for (int r = 0; r < world->base.size; r++)
		workers += world->base.works[r] && leader_of[r] >= from &&
		           leader_of[r] < end;
	return workers;
}

static void count_all_workers(struct coordinator *coordinator,
                              const struct mpi_world *world)
{
	for (int n = 0; n < coordinator->nodes; n++)
		coordinator->views[n].workers = 0;
	for (int r = 0; r < world->base.size; r++)
		if (world->base.works[r])
			coordinator
			    ->views[node_of_rank(coordinator,
			                         world->tickets.leader_of[r])]
			    .workers++;
}

void ticket_server_begin(struct ticket_server *server)
{
	const struct mpi_world *world = server->world;
	const struct tickets *tickets = &world->tickets;
	const int rank = world->base.rank;
	const struct ticket_range first = coordinator_first_tickets(
	    tickets->total, tickets->depth,
	    (uint64_t)count_workers(world, 0, rank),
	    (uint64_t)count_workers(world, rank, rank + 1));

	/* MPI may give a later group the communicator of this one. */
	server->sweep = (uint64_t)world->base.number << 32 | tickets->opened;
	server->elsewhere_done = 0;
	server->elsewhere_failed = 0;
	server->agent.stops = server->world->base.sweep;
	node_agent_begin(&server->agent, server->sweep, tickets->total, first,
	                 clock_seconds());
	if (!server->coordinates)
		return;
	count_all_workers(&server->coordinator, world);
	coordinator_begin(&server->coordinator, server->sweep, tickets->total,
	                  tickets->depth);
}

/* The sweep cannot go on: say so to the ranks of this node. They all report the
 * same status, each with a sentence of its own. */
static void fail(struct ticket_server *server, cohort_status status)
{
	struct node_pool *pool = server->agent.pool;
	int none = 0;

	if (!atomic_compare_exchange_strong(&pool->failure, &none, status))
		return;
	bell_ring(&pool->bell);
}

static void check_mpi(struct ticket_server *server, int code)
{
	char text[MPI_MAX_ERROR_STRING];

	if (code == MPI_SUCCESS)
		return;
	mpi_error_text(code, text);
	log_line(LOG_ERROR, server->world->base.rank,
	         "mpi: the messages about a sweep's tasks cannot be exchanged: "
	         "%s",
	         text);
	fail(server, COHORT_ESYS);
}

static bool is_free(struct ticket_server *server,
                    struct ticket_transfer *outgoing)
{
	bool done;

	check_mpi(server, ticket_transfer_is_done(outgoing, &done));
	return done;
}

static void send_text(struct ticket_server *server,
                      struct ticket_transfer *outgoing, int to)
{
	check_mpi(server,
	          ticket_transfer_send(outgoing, server->world->comm, to));
}

/* Add up the progress of the other nodes, for rank 0. */
static void count_elsewhere(struct ticket_server *server,
                            const struct node_report *before,
                            const struct node_report *report)
{
	struct rank_counters *counters = server->world->base.elsewhere;

	if (report->sweep != server->sweep)
		return;
	server->elsewhere_done += report->done - before->done;
	server->elsewhere_failed += report->failed - before->failed;
	counter_write(&counters->failed, server->elsewhere_failed);
	counter_write(&counters->done, server->elsewhere_done);
}

static void hear_report(struct ticket_server *server, int from,
                        const struct node_report *report)
{
	struct coordinator *coordinator = &server->coordinator;
	const int node = node_of_rank(coordinator, from);

	count_elsewhere(server, &coordinator->views[node].report, report);
	coordinator_hear(coordinator, node, report);
	server->agent.active = clock_seconds();
}

static void receive_all(struct ticket_server *server)
{
	union ticket_text text;
	int from;

	for (;;) {
		const int code =
		    ticket_transfer_receive(server->world->comm, &text, &from);
		check_mpi(server, code);
		if (code != MPI_SUCCESS || from < 0)
			return;
		if (server->coordinates)
			hear_report(server, from, &text.report);
		else
			node_agent_obey(&server->agent, clock_seconds(),
			                &text.order);
	}
}

static void send_report(struct ticket_server *server)
{
	struct ticket_transfer *outgoing = NULL;
	int unread = 0;

	for (int i = 0; i < server->transfers; i++)
		if (is_free(server, &server->outgoing[i]))
			outgoing = &server->outgoing[i];
		else
			unread++;
	if (outgoing && node_agent_report(&server->agent, clock_seconds(),
	                                  unread == 0, &outgoing->text.report))
		send_text(server, outgoing, 0);
}

static void hear_own_node(struct ticket_server *server)
{
	struct node_report report;

	if (node_agent_report(&server->agent, clock_seconds(), true, &report))
		coordinator_hear(&server->coordinator, 0, &report);
}

static void send_orders(struct ticket_server *server)
{
	struct coordinator *coordinator = &server->coordinator;
	struct node_order order;

	hear_own_node(server);
	coordinator_plan(coordinator);
	for (int n = 1; n < coordinator->nodes; n++) {
		struct ticket_transfer *outgoing = &server->outgoing[n];
		if (!is_free(server, outgoing) ||
		    !coordinator_order(coordinator, n, &outgoing->text.order))
			continue;
		send_text(server, outgoing, coordinator->views[n].first_rank);
		server->agent.active = clock_seconds();
	}
	if (!coordinator_order(coordinator, 0, &order))
		return;
	node_agent_obey(&server->agent, clock_seconds(), &order);
	hear_own_node(server);
}

double ticket_server_turn(struct ticket_server *server)
{
	/* A launcher's process that ends has lost its job, or been killed. */
	if (launcher_watch_is_over())
		fail(server, COHORT_EPEER);
	server->agent.sweep_mark = atomic_load(
	    &server->agent.stats->ranks[server->world->tickets.node_rank]
	         .sweep);
	receive_all(server);
	if (server->coordinates)
		send_orders(server);
	else
		send_report(server);
	return node_agent_pause(&server->agent, clock_seconds());
}

bool ticket_server_is_done(const struct ticket_server *server)
{
	if (!atomic_load(&server->agent.pool->all_left))
		return false;
	for (int n = 0; n < server->coordinator.nodes; n++)
		if (!server->coordinator.views[n].order.all_left)
			return false;
	return true;
}

int ticket_server_test(struct ticket_server *server, bool *all_received)
{
	int code = MPI_SUCCESS;

	*all_received = true;
	for (int i = 0; i < server->transfers && code == MPI_SUCCESS; i++) {
		bool done;
		code = ticket_transfer_is_done(&server->outgoing[i], &done);
		*all_received = *all_received && done;
	}
	return code;
}

int ticket_server_find_missing(const struct ticket_server *server)
{
	const struct coordinator *coordinator = &server->coordinator;

	if (!server->coordinates)
		return 0;
	const int node = coordinator_find_missing(coordinator);
	return node < 0 ? -1 : coordinator->views[node].first_rank;
}
