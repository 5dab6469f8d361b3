/*
 * The memory that a node shares has two parts, each in pages of its own,
 * because a child that runs tasks may not write to the first one:
 *   the pool, and the states of the ranks;
 *   the counter of tickets, and the worker stats.
 */
#include "ticket_window.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/memory.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "mpi_error.h"
#include "mpi_memory.h"
#include "node_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CANNOT "cannot open an mpi group: "

_Static_assert(_Alignof(struct node_counter) <= CACHE_PAIR_BYTES &&
                   _Alignof(struct worker_stats) <= CACHE_PAIR_BYTES &&
                   _Alignof(struct rank_states) <= CACHE_PAIR_BYTES,
               "each of them can follow the one before it");

static size_t round_up(size_t bytes, size_t unit)
{
	return (bytes + unit - 1) / unit * unit;
}

static size_t window_page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t pool_bytes(void)
{
	return round_up(sizeof(struct node_pool), CACHE_PAIR_BYTES);
}

/* The first part. */
static size_t ranks_part_bytes(const struct tickets *tickets)
{
	return round_up(pool_bytes() + rank_states_bytes(tickets->node_size),
	                window_page());
}

static size_t counter_bytes(void)
{
	return round_up(sizeof(struct node_counter), CACHE_PAIR_BYTES);
}

/* Both parts. One more rank's counters stand for all ranks of other nodes. */
static size_t shared_bytes(const struct tickets *tickets)
{
	return ranks_part_bytes(tickets) + counter_bytes() +
	       worker_stats_bytes(tickets->node_size + 1);
}

static void set_addresses(struct tickets *tickets, char *memory)
{
	char *second = memory + ranks_part_bytes(tickets);

	tickets->shared = memory;
	tickets->pool = (void *)memory;
	tickets->states = (void *)(memory + pool_bytes());
	tickets->counter = (void *)second;
	tickets->stats = (void *)(second + counter_bytes());
}

/* Split the ranks of this machine into test_nodes nodes. */
static int pretend_nodes(struct mpi_world *world, int test_nodes)
{
	MPI_Comm shared = world->tickets.node;
	const int64_t scaled = (int64_t)world->base.rank * test_nodes;

	int code = MPI_Comm_split(shared, (int)(scaled / world->base.size), 0,
	                          &world->tickets.node);
	if (code != MPI_SUCCESS)
		world->tickets.node = MPI_COMM_NULL;
	MPI_Comm_free(&shared);
	return code;
}

static int find_node(struct mpi_world *world, int test_nodes)
{
	struct tickets *tickets = &world->tickets;
	int code = MPI_Comm_split_type(world->comm, MPI_COMM_TYPE_SHARED,
	                               world->base.rank, MPI_INFO_NULL,
	                               &tickets->node);

	if (code == MPI_SUCCESS && test_nodes > 1)
		code = pretend_nodes(world, test_nodes);
	if (code == MPI_SUCCESS)
		code =
		    MPI_Comm_set_errhandler(tickets->node, MPI_ERRORS_RETURN);
	if (code == MPI_SUCCESS)
		code = MPI_Comm_rank(tickets->node, &tickets->node_rank);
	if (code == MPI_SUCCESS)
		code = MPI_Comm_size(tickets->node, &tickets->node_size);
	return code;
}

/* The first rank of the node allocates the memory, the others map it. */
static int share_memory(struct tickets *tickets)
{
	const size_t page = window_page();
	const size_t bytes = shared_bytes(tickets) + page;
	const MPI_Aint mine = tickets->node_rank == 0 ? (MPI_Aint)bytes : 0;
	MPI_Aint theirs;
	int unit;
	char *base;

	int code = MPI_Win_allocate_shared(
	    mine, 1, MPI_INFO_NULL, tickets->node, &base, &tickets->memory);
	if (code != MPI_SUCCESS) {
		tickets->memory = MPI_WIN_NULL;
		return code;
	}
	MPI_Win_set_errhandler(tickets->memory, MPI_ERRORS_RETURN);
	code = MPI_Win_shared_query(tickets->memory, 0, &theirs, &unit, &base);
	if (code != MPI_SUCCESS)
		return code;
	/* The memory is mapped at page boundaries, so every rank skips the
	 * same number of bytes. */
	set_addresses(tickets, base + (page - (uintptr_t)base % page));
	if (tickets->node_rank == 0)
		memset(tickets->shared, 0, shared_bytes(tickets));
	return MPI_Win_lock_all(MPI_MODE_NOCHECK, tickets->memory);
}

/* Only this rank and its forked copies share the memory. */
static cohort_status map_alone(struct tickets *tickets)
{
	tickets->node_rank = 0;
	tickets->node_size = 1;
	void *memory = memory_share(shared_bytes(tickets));
	if (!memory)
		return error_sys(CANNOT "mmap");
	tickets->mapped = true;
	set_addresses(tickets, memory);
	return COHORT_OK;
}

/* MPI may lack shared windows because its user or its configuration has
 * switched them off. Speed depends on them, and memory. */
static void log_missing_memory(const struct mpi_world *world, int code)
{
#ifdef OPEN_MPI
	static const char advice[] =
	    "; with --mca osc sm, its mpirun switches that on";
#else
	static const char advice[] =
	    "; MPICH takes it from /dev/shm: is that full, or missing?";
#endif
	char name[MPI_NAME_BYTES];
	char text[MPI_MAX_ERROR_STRING] = "on another rank";

	if (code != MPI_SUCCESS)
		mpi_error_text(code, text);
	log_line(LOG_WARN, world->base.rank,
	         "mpi: %s has no memory that the %d ranks of this node share "
	         "(MPI_Win_allocate_shared: %s): they get their tasks by "
	         "messages, and each of them has a copy of all parameters, as "
	         "if each were on a node of its own%s",
	         mpi_library_name(name), world->tickets.node_size, text,
	         advice);
}

/* If MPI gives a node no shared memory, each of its ranks is a node of its own.
 * On a node with one rank MPI may return memory that the rank's forked copies
 * do not share. */
static cohort_status share_or_map(struct mpi_world *world)
{
	static const struct call call = {.kind = CALL_OPEN};
	struct tickets *tickets = &world->tickets;

	if (tickets->node_size == 1)
		return map_alone(tickets);
	const int code = share_memory(tickets);
	int shared = code == MPI_SUCCESS;
	const int agreed = MPI_Allreduce(MPI_IN_PLACE, &shared, 1, MPI_INT,
	                                 MPI_MIN, tickets->node);

	if (agreed != MPI_SUCCESS)
		return mpi_error_report(&call, "MPI_Allreduce", agreed);
	if (shared)
		return COHORT_OK;
	if (tickets->node_rank == 0)
		log_missing_memory(world, code);
	/* A window that only some ranks have cannot be freed. */
	tickets->memory = MPI_WIN_NULL;
	return map_alone(tickets);
}

/* Each rank's first rank of its node, and the communicator of these. */
static int find_leaders(struct mpi_world *world, int leads)
{
	struct tickets *tickets = &world->tickets;
	MPI_Comm *leaders = &tickets->leaders;
	int leader = world->base.rank;
	int code = MPI_SUCCESS;

	if (tickets->node_size > 1)
		code = MPI_Bcast(&leader, 1, MPI_INT, 0, tickets->node);
	if (code == MPI_SUCCESS)
		code = MPI_Allgather(&leader, 1, MPI_INT, tickets->leader_of, 1,
		                     MPI_INT, world->comm);
	if (code == MPI_SUCCESS)
		code = MPI_Comm_split(world->comm, leads ? 0 : MPI_UNDEFINED,
		                      world->base.rank, leaders);
	if (code != MPI_SUCCESS)
		*leaders = MPI_COMM_NULL;
	return code != MPI_SUCCESS || !leads
	           ? code
	           : MPI_Comm_set_errhandler(*leaders, MPI_ERRORS_RETURN);
}

/* Memory that only some ranks need. */
static cohort_status allocate_pieces(struct mpi_world *world)
{
	struct tickets *tickets = &world->tickets;

	if (tickets->node_rank > 0 || tickets->node_size == world->base.size)
		return COHORT_OK;
	tickets->pieces = malloc(2 * (size_t)PART_PIECE_BYTES);
	return tickets->pieces
	           ? COHORT_OK
	           : error_sys(CANNOT "malloc of %d bytes for messages",
	                       2 * PART_PIECE_BYTES);
}

/* Count the nodes and their ranks. Fails on every rank if `mine`, this rank's
 * status so far, is a failure on one. */
static cohort_status count_nodes(struct mpi_world *world, cohort_status mine)
{
	static const struct call call = {.kind = CALL_OPEN};
	struct tickets *tickets = &world->tickets;
	const int led = tickets->node_rank == 0 ? tickets->node_size : 0;
	enum { NODES, LACKING, SUMS };
	int sums[SUMS] = {[NODES] = led > 0, [LACKING] = mine != COHORT_OK};

	int code = MPI_Allreduce(MPI_IN_PLACE, sums, SUMS, MPI_INT, MPI_SUM,
	                         world->comm);
	world->lacks_memory = code == MPI_SUCCESS && sums[LACKING];
	if (code == MPI_SUCCESS && mine != COHORT_OK)
		return mine;
	if (code == MPI_SUCCESS && sums[LACKING])
		return error_set(COHORT_ENOMEM,
		                 CANNOT "another rank has no memory for it");
	tickets->nodes = sums[NODES];
	if (code == MPI_SUCCESS)
		code = MPI_Gather(&led, 1, MPI_INT, tickets->led, 1, MPI_INT, 0,
		                  world->comm);
	if (code == MPI_SUCCESS && tickets->nodes > 1)
		code = find_leaders(world, led > 0);
	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : mpi_error_report(&call, "MPI_Gather", code);
}

void ticket_window_prepare(struct tickets *tickets)
{
	tickets->node = MPI_COMM_NULL;
	tickets->leaders = MPI_COMM_NULL;
	tickets->memory = MPI_WIN_NULL;
	tickets->nodes = 1;
}

cohort_status ticket_window_open(struct mpi_world *world, int test_nodes)
{
	static const struct call call = {.kind = CALL_OPEN};
	struct tickets *tickets = &world->tickets;

	world->base.local_size = 1;
	if (world->base.size == 1)
		return map_alone(tickets);
	int code = find_node(world, test_nodes);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&call, "MPI_Comm_split_type", code);
	/* Also of a machine whose ranks get no memory in common. */
	world->base.local_rank = tickets->node_rank;
	world->base.local_size = tickets->node_size;
	cohort_status status = share_or_map(world);
	if (status == COHORT_OK)
		status = allocate_pieces(world);
	return count_nodes(world, status);
}

cohort_status ticket_window_shut(const struct tickets *tickets)
{
	return mpi_memory_shut(tickets->shared, shared_bytes(tickets)) &&
	               memory_shut(tickets->shared, ranks_part_bytes(tickets))
	           ? COHORT_OK
	           : error_sys("cohort_scatter: mprotect");
}

void ticket_window_close(struct tickets *tickets)
{
	if (tickets->mapped)
		memory_unshare(tickets->shared, shared_bytes(tickets));
	if (tickets->memory != MPI_WIN_NULL) {
		MPI_Win_unlock_all(tickets->memory);
		MPI_Win_free(&tickets->memory);
	}
	if (tickets->leaders != MPI_COMM_NULL)
		MPI_Comm_free(&tickets->leaders);
	if (tickets->node != MPI_COMM_NULL)
		MPI_Comm_free(&tickets->node);
}
