#include "ticket_window.h"

#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/worker_stats.h"
#include "mpi_error.h"

#include <string.h>

/* Batches become half as large with each round, which at most 64 rounds can do;
 * a few rounds follow with batches of the least size, and an empty one. */
enum { ROUNDS = 64 + 4 };

/* A round has a batch for each node, and one node may draw all of them. */
static int slots_for(int nodes)
{
	return nodes * ROUNDS + 1;
}

enum { ALIGNMENT = _Alignof(struct worker_stats) };

_Static_assert(_Alignof(struct ticket_window) <= ALIGNMENT,
               "the window lies at an address aligned for the stats");

static size_t window_bytes(const struct tickets *tickets)
{
	const size_t bytes =
	    sizeof(struct ticket_window) +
	    (size_t)tickets->slots * sizeof(atomic_uint_least64_t);

	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* The ticket window, and the worker stats behind it. */
static size_t shared_bytes(const struct tickets *tickets)
{
	return window_bytes(tickets) + worker_stats_bytes(tickets->node_size);
}

static void set_addresses(struct tickets *tickets, void *memory)
{
	tickets->window = memory;
	tickets->stats = (void *)((char *)memory + window_bytes(tickets));
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
		code = MPI_Comm_rank(tickets->node, &tickets->node_rank);
	if (code == MPI_SUCCESS)
		code = MPI_Comm_size(tickets->node, &tickets->node_size);
	const int leads = tickets->node_rank == 0;
	if (code == MPI_SUCCESS)
		code = MPI_Allreduce(&leads, &tickets->nodes, 1, MPI_INT,
		                     MPI_SUM, world->comm);
	return code;
}

/* The first rank of the node allocates the memory, the others map it. */
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
	/* The memory is mapped at page boundaries, so every rank skips the
	 * same number of bytes. */
	const size_t over = (uintptr_t)base % ALIGNMENT;
	set_addresses(tickets, base + (ALIGNMENT - over));
	if (tickets->node_rank == 0)
		memset(tickets->window, 0, shared_bytes(tickets));
	return MPI_Win_lock_all(MPI_MODE_NOCHECK, tickets->memory);
}

static int create_counter(struct mpi_world *world)
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

/* A group of one rank: only its forked copies share the memory. */
static cohort_status open_alone(struct tickets *tickets)
{
	tickets->nodes = 1;
	tickets->node_size = 1;
	void *memory = memory_share(shared_bytes(tickets));
	if (!memory)
		return error_sys("cannot open an mpi group: mmap");
	set_addresses(tickets, memory);
	return COHORT_OK;
}

cohort_status ticket_window_open(struct mpi_world *world, int test_nodes)
{
	static const struct call call = {.kind = CALL_OPEN};
	struct tickets *tickets = &world->tickets;

	tickets->node = MPI_COMM_NULL;
	tickets->memory = MPI_WIN_NULL;
	tickets->counter = MPI_WIN_NULL;
	if (world->base.size == 1)
		return open_alone(tickets);
	int code = find_node(world, test_nodes);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&call, "MPI_Comm_split_type", code);
	if (tickets->nodes > 1) {
		tickets->slots = slots_for(tickets->nodes);
		tickets->least = (uint64_t)(world->base.size / tickets->nodes);
	}
	code = share_memory(tickets);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&call, "MPI_Win_allocate_shared", code);
	if (tickets->nodes > 1)
		code = create_counter(world);
	if (code != MPI_SUCCESS)
		return mpi_error_report(&call, "MPI_Win_allocate", code);
	return COHORT_OK;
}

static void free_mpi_window(MPI_Win *window)
{
	if (*window == MPI_WIN_NULL)
		return;
	MPI_Win_unlock_all(*window);
	MPI_Win_free(window);
}

void ticket_window_close(struct tickets *tickets)
{
	if (tickets->node == MPI_COMM_NULL) {
		memory_unshare(tickets->window, shared_bytes(tickets));
		return;
	}
	free_mpi_window(&tickets->counter);
	free_mpi_window(&tickets->memory);
	MPI_Comm_free(&tickets->node);
}
