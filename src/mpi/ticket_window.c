/*
 * Where the counters of tickets.c lie: in a window of MPI's that the ranks of a
 * node share, with the board behind them; and in a window of rank 0's, if there
 * are several nodes.
 */
#include "ticket_window.h"

#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/worker_stats.h"
#include "mpi_error.h"
#include "mpi_world.h"
#include "tickets.h"

#include <string.h>

enum { ALIGNMENT = _Alignof(struct worker_stats) };

_Static_assert(_Alignof(struct ticket_window) <= ALIGNMENT,
               "the pool comes first");

static size_t pool_bytes(const struct tickets *tickets)
{
	const size_t bytes =
	    sizeof(struct ticket_window) +
	    (size_t)tickets->slots * sizeof(atomic_uint_least64_t);

	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* What the ranks of a node share: the pool, and the board behind it. */
static size_t shared_bytes(const struct tickets *tickets)
{
	return pool_bytes(tickets) + worker_stats_bytes(tickets->node_size);
}

static void set_shared(struct tickets *tickets, void *memory)
{
	tickets->ticket_window = memory;
	tickets->stats = (void *)((char *)memory + pool_bytes(tickets));
}

/* Split the ranks that share memory as test_nodes says. */
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
		code = MPI_Comm_rank(tickets->node, &tickets->node_rank);
	if (code == MPI_SUCCESS)
		code = MPI_Comm_size(tickets->node, &tickets->node_size);
	const int leads = tickets->node_rank == 0;
	if (code == MPI_SUCCESS)
		code = MPI_Allreduce(&leads, &tickets->nodes, 1, MPI_INT,
		                     MPI_SUM, world->comm);
	return code;
}

/* The first rank of the node has the memory, the others look at it. */
static int share_memory(struct tickets *tickets)
{
	const size_t bytes = shared_bytes(tickets) + ALIGNMENT;
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
	/* Mapped at page borders, so this skips as much on every rank. */
	const size_t over = (uintptr_t)base % ALIGNMENT;
	set_shared(tickets, base + (ALIGNMENT - over));
	if (tickets->node_rank == 0)
		memset(tickets->ticket_window, 0, shared_bytes(tickets));
	return MPI_Win_lock_all(MPI_MODE_NOCHECK, tickets->memory);
}

static int share_counter(struct mpi_world *world)
{
	struct tickets *tickets = &world->tickets;
	const MPI_Aint mine = world->base.rank == 0 ? sizeof(uint64_t) : 0;
	void *base;

	int code = MPI_Win_allocate(mine, sizeof(uint64_t), MPI_INFO_NULL,
	                            world->comm, &base, &tickets->counter);
	if (code != MPI_SUCCESS) {
		tickets->counter = MPI_WIN_NULL;
		return code;
	}
	MPI_Win_set_errhandler(tickets->counter, MPI_ERRORS_RETURN);
	return MPI_Win_lock_all(MPI_MODE_NOCHECK, tickets->counter);
}

/* With one rank only its forked copies share it. */
static cohort_status create_alone(struct tickets *tickets)
{
	tickets->nodes = 1;
	tickets->node_size = 1;
	void *memory = memory_share(shared_bytes(tickets));
	if (!memory)
		return error_sys("cannot open an mpi group: mmap");
	set_shared(tickets, memory);
	return COHORT_OK;
}

cohort_status tickets_create(struct mpi_world *world, int test_nodes)
{
	static const struct call call = {.kind = CALL_OPEN};
	struct tickets *tickets = &world->tickets;

	tickets->node = MPI_COMM_NULL;
	tickets->memory = MPI_WIN_NULL;
	tickets->counter = MPI_WIN_NULL;
	if (world->base.size == 1)
		return create_alone(tickets);
	int code = find_node(world, test_nodes);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&call, "MPI_Comm_split_type", code);
	if (tickets->nodes > 1) {
		tickets->slots = tickets->nodes * ROUNDS + 1;
		tickets->least = (uint64_t)(world->base.size / tickets->nodes);
	}
	code = share_memory(tickets);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&call, "MPI_Win_allocate_shared", code);
	if (tickets->nodes > 1)
		code = share_counter(world);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&call, "MPI_Win_allocate", code);
	return COHORT_OK;
}

static void free_window(MPI_Win *window)
{
	if (*window == MPI_WIN_NULL)
		return;
	MPI_Win_unlock_all(*window);
	MPI_Win_free(window);
}

void tickets_free(struct tickets *tickets)
{
	if (tickets->node == MPI_COMM_NULL) {
		memory_unshare(tickets->ticket_window, shared_bytes(tickets));
		return;
	}
	free_window(&tickets->counter);
	free_window(&tickets->memory);
	MPI_Comm_free(&tickets->node);
}
