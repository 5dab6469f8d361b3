/*
 * On one node a claim is an addition to a counter in a shared window: C11
 * atomics, no MPI call, nobody who has to answer.
 *
 * Across nodes, a counter at rank 0 hands out lots, and the ranks of a node
 * share a lot as above. Half of the tickets is dealt in the first lots, one
 * for each node; then half of what is left, and so on, down to lots of one
 * ticket for each rank of a node. Within such a round lots are dealt like
 * cards, lot m holding every nodes-th ticket from m on, because neighbours may
 * differ in weight systematically (in a guided schedule they do).
 *
 * The pool of a node lists the lots that it has drawn, in order, as slots. A
 * rank takes a number from the pool; the slots' sizes say which ticket it is.
 * Who takes the middle number of a slot draws the lot for the slot after it
 * before it goes to work: not later, so that the others do not have to wait
 * for it, and not earlier, because what a slow node has drawn is lost to the
 * others.
 *
 * MPI may need rank 0 to come by to have its counter changed, and rank 0 may be
 * in a task. So a thread of rank 0 comes by every millisecond (attend.h). Where
 * the program has initialised MPI so that there can be none, rank 0 comes by
 * with every claim only; and with its first one it waits, for START_SECONDS at
 * most, until every node has drawn its first lot, because its first task may be
 * long. A node that never claims has drawn nothing, and holds nothing back.
 *
 * A lot of no tickets ends the pool: every later one would be empty too. Slots
 * are drawn one after another, so lots only grow in number from slot to slot.
 *
 * Cost: an atomic addition; for about 2 log2(tickets / ranks) of a node's
 * claims an MPI_Fetch_and_op.
 */
#include "tickets.h"

#include "common/board.h"
#include "common/error.h"
#include "common/memory.h"
#include "report.h"
#include "wait.h"
#include "world.h"

#include <stdatomic.h>
#include <string.h>

/* Rounds in which the lots shrink by half, and those at the end; see lot(). */
enum { ROUNDS = 64 + 4 };

#define START_SECONDS 0.01

struct pool {
	_Alignas(64) atomic_uint_least64_t next;    /* number to take */
	_Alignas(64) atomic_uint_least64_t slots[]; /* lot + 1; 0: not drawn */
};

/* Ticket i of a lot is begin + i * stride. */
struct lot {
	uint64_t begin;
	uint64_t count;
};

static const struct call scatter = {.kind = CALL_SCATTER};

/* Each round deals `nodes` lots of the same size, the last one what is left. */
static struct lot lot(const struct tickets *tickets, uint64_t number)
{
	const uint64_t nodes = (uint64_t)tickets->nodes;
	const uint64_t place = number % nodes;
	uint64_t begin = 0;

	for (uint64_t round = number / nodes; begin < tickets->total; round--) {
		const uint64_t left = tickets->total - begin;
		uint64_t size = left / 2 / nodes;
		size = size > tickets->least ? size : tickets->least;
		const uint64_t dealt =
		    size > left / nodes ? left : size * nodes;
		if (round == 0)
			return (struct lot){
			    begin + place,
			    place < dealt ? (dealt - place - 1) / nodes + 1 : 0,
			};
		begin += dealt;
	}
	return (struct lot){tickets->total, 0};
}

enum { ALIGNMENT = _Alignof(struct board) };

_Static_assert(_Alignof(struct pool) <= ALIGNMENT, "the pool comes first");

static size_t pool_bytes(const struct tickets *tickets)
{
	const size_t bytes =
	    sizeof(struct pool) +
	    (size_t)tickets->slots * sizeof(atomic_uint_least64_t);

	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* What the ranks of a node share: the pool, and the board behind it. */
static size_t shared_bytes(const struct tickets *tickets)
{
	return pool_bytes(tickets) + board_bytes(tickets->node_size);
}

static void set_shared(struct tickets *tickets, void *memory)
{
	tickets->pool = memory;
	tickets->board = (void *)((char *)memory + pool_bytes(tickets));
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
		memset(tickets->pool, 0, shared_bytes(tickets));
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
		return report_failure(&call, "MPI_Comm_split_type", code);
	if (tickets->nodes > 1) {
		tickets->slots = tickets->nodes * ROUNDS + 1;
		tickets->least = (uint64_t)(world->base.size / tickets->nodes);
	}
	code = share_memory(tickets);
	if (code != MPI_SUCCESS)
		return report_failure(&call, "MPI_Win_allocate_shared", code);
	if (tickets->nodes > 1)
		code = share_counter(world);
	if (code != MPI_SUCCESS)
		return report_failure(&call, "MPI_Win_allocate", code);
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
		memory_unshare(tickets->pool, shared_bytes(tickets));
		return;
	}
	free_window(&tickets->counter);
	free_window(&tickets->memory);
	MPI_Comm_free(&tickets->node);
}

/* Everybody is through with the tickets before, and nobody claims yet: the
 * first rank of each node, and rank 0, may clear what they have. */
cohort_status tickets_open(struct world *base, uint64_t total)
{
	struct mpi_world *world = world_of(base);
	struct tickets *tickets = &world->tickets;
	static const uint64_t zero = 0;
	int code = MPI_SUCCESS;

	tickets->total = total;
	tickets->slot = 0;
	tickets->before = 0;
	tickets->began = false;
	if (tickets->node_rank == 0) {
		atomic_store(&tickets->pool->next, 0);
		for (int i = 0; i < tickets->slots; i++)
			atomic_store(&tickets->pool->slots[i], 0);
	}
	if (tickets->nodes > 1 && base->rank == 0) {
		code =
		    MPI_Accumulate(&zero, 1, MPI_UINT64_T, 0, 0, 1,
		                   MPI_UINT64_T, MPI_REPLACE, tickets->counter);
		if (code == MPI_SUCCESS)
			code = MPI_Win_flush(0, tickets->counter);
	}
	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : report_failure(&scatter, "MPI_Accumulate", code);
}

/* What rank 0's counter was, after `op` with `operand`. */
static int count_lots(const struct tickets *tickets, uint64_t operand,
                      MPI_Op op, uint64_t *out)
{
	int code = MPI_Fetch_and_op(&operand, out, MPI_UINT64_T, 0, 0, op,
	                            tickets->counter);

	return code == MPI_SUCCESS ? MPI_Win_flush(0, tickets->counter) : code;
}

/* Draw the lot for a slot. A failure is an empty lot to the others, so that
 * they end too. */
static cohort_status draw(struct tickets *tickets, uint64_t slot)
{
	uint64_t number = 0;
	int code = MPI_SUCCESS;

	if (slot >= (uint64_t)tickets->slots)
		return COHORT_OK;
	code = count_lots(tickets, 1, MPI_SUM, &number);
	if (code != MPI_SUCCESS)
		number = UINT64_MAX - 1;
	atomic_store(&tickets->pool->slots[slot], number + 1);
	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : report_failure(&scatter, "MPI_Fetch_and_op", code);
}

/* The lot of a slot, which some rank of this node is drawing if it is not
 * there yet. */
static struct lot await_lot(const struct mpi_world *world, uint64_t slot)
{
	const struct tickets *tickets = &world->tickets;
	struct patience patience = {0};
	uint64_t drawn = 0;

	if (slot >= (uint64_t)tickets->slots)
		return (struct lot){tickets->total, 0};
	while (!(drawn = atomic_load(&tickets->pool->slots[slot]))) {
		attend_once(world->comm);
		patience_rest(&patience);
	}
	return lot(tickets, drawn - 1);
}

/* Rank 0, before its first task: the other nodes draw their first lots, unless
 * there are too few tickets for that. */
static cohort_status let_start(struct mpi_world *world)
{
	struct tickets *tickets = &world->tickets;
	const struct deadline deadline = deadline_in(START_SECONDS);
	struct patience patience = {0};
	const uint64_t nodes = (uint64_t)tickets->nodes;
	uint64_t drawn = tickets->total < nodes ? nodes : 0;
	int code = MPI_SUCCESS;

	while (code == MPI_SUCCESS && drawn < nodes &&
	       !deadline_passed(&deadline)) {
		patience_rest(&patience);
		code = count_lots(tickets, 0, MPI_NO_OP, &drawn);
	}
	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : report_failure(&scatter, "MPI_Fetch_and_op", code);
}

/* `number` was taken from the pool: find its slot, and draw the one after it
 * if that is this rank's duty. */
static cohort_status claim_number(struct mpi_world *world, uint64_t number,
                                  uint64_t *ticket)
{
	struct tickets *tickets = &world->tickets;
	cohort_status status = number == 0 ? draw(tickets, 0) : COHORT_OK;
	struct lot found = await_lot(world, tickets->slot);

	while (found.count > 0 && number - tickets->before >= found.count) {
		tickets->before += found.count;
		found = await_lot(world, ++tickets->slot);
	}
	const uint64_t place = number - tickets->before;
	if (status == COHORT_OK && found.count > 0 && place == found.count / 2)
		status = draw(tickets, tickets->slot + 1);
	*ticket = found.count > 0
	              ? found.begin + place * (uint64_t)tickets->nodes
	              : tickets->total;
	return status;
}

/* Rank 0, once it has claimed: nobody is to wait for it while it works. */
static cohort_status look_after_others(struct mpi_world *world)
{
	struct tickets *tickets = &world->tickets;
	const bool first = !tickets->began;

	tickets->began = true;
	attend_once(world->comm);
	if (!first || attend_begin(&tickets->attendant, world->comm))
		return COHORT_OK;
	return let_start(world);
}

/* With several nodes. */
static cohort_status claim_from_lots(struct mpi_world *world,
                                     struct tickets_run *out)
{
	struct tickets *tickets = &world->tickets;
	uint64_t ticket;

	attend_lock();
	cohort_status status = claim_number(
	    world, atomic_fetch_add(&tickets->pool->next, 1), &ticket);
	*out = tickets_cut(ticket, 1, tickets->total);
	if (world->base.rank == 0 && status == COHORT_OK)
		status = look_after_others(world);
	attend_unlock();
	return status;
}

cohort_status tickets_claim(struct world *base, uint64_t most,
                            struct tickets_run *out)
{
	struct mpi_world *world = world_of(base);
	struct tickets *tickets = &world->tickets;

	if (tickets->nodes > 1)
		return claim_from_lots(world, out);
	*out = tickets_cut(atomic_fetch_add(&tickets->pool->next, most), most,
	                   tickets->total);
	return COHORT_OK;
}

void tickets_leave(struct world *base)
{
	attend_end(&world_of(base)->tickets.attendant);
}
