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

#include "mpi_error.h"
#include "mpi_wait.h"
#include "mpi_world.h"
#include "ticket_window.h"

#define START_SECONDS 0.01

/* Ticket i of a lot is begin + i * stride. */
struct batch {
	uint64_t begin;
	uint64_t count;
};

static const struct call scatter = {.kind = CALL_SCATTER};

/* Each round deals `nodes` lots of the same size, the last one what is left. */
static struct batch batch(const struct tickets *tickets, uint64_t number)
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
			return (struct batch){
			    begin + place,
			    place < dealt ? (dealt - place - 1) / nodes + 1 : 0,
			};
		begin += dealt;
	}
	return (struct batch){tickets->total, 0};
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
		atomic_store(&tickets->ticket_window->next, 0);
		for (int i = 0; i < tickets->slots; i++)
			atomic_store(&tickets->ticket_window->slots[i], 0);
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
	           : mpi_error_report(&scatter, "MPI_Accumulate", code);
}

/* What rank 0's counter was, after `op` with `operand`. */
static int count_batches(const struct tickets *tickets, uint64_t operand,
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
	code = count_batches(tickets, 1, MPI_SUM, &number);
	if (code != MPI_SUCCESS)
		number = UINT64_MAX - 1;
	atomic_store(&tickets->ticket_window->slots[slot], number + 1);
	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : mpi_error_report(&scatter, "MPI_Fetch_and_op", code);
}

/* The lot of a slot, which some rank of this node is drawing if it is not
 * there yet. */
static struct batch await_batch(const struct mpi_world *world, uint64_t slot)
{
	const struct tickets *tickets = &world->tickets;
	struct spin_limit spin_limit = {0};
	uint64_t drawn = 0;

	if (slot >= (uint64_t)tickets->slots)
		return (struct batch){tickets->total, 0};
	while (!(drawn = atomic_load(&tickets->ticket_window->slots[slot]))) {
		progress_once(world->comm);
		patience_rest(&spin_limit);
	}
	return batch(tickets, drawn - 1);
}

/* Rank 0, before its first task: the other nodes draw their first lots, unless
 * there are too few tickets for that. */
static cohort_status let_start(struct mpi_world *world)
{
	struct tickets *tickets = &world->tickets;
	const struct deadline deadline = deadline_in(START_SECONDS);
	struct spin_limit spin_limit = {0};
	const uint64_t nodes = (uint64_t)tickets->nodes;
	uint64_t drawn = tickets->total < nodes ? nodes : 0;
	int code = MPI_SUCCESS;

	while (code == MPI_SUCCESS && drawn < nodes &&
	       !deadline_passed(&deadline)) {
		patience_rest(&spin_limit);
		code = count_batches(tickets, 0, MPI_NO_OP, &drawn);
	}
	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : mpi_error_report(&scatter, "MPI_Fetch_and_op", code);
}

/* `number` was taken from the pool: find its slot, and draw the one after it
 * if that is this rank's duty. */
static cohort_status claim_number(struct mpi_world *world, uint64_t number,
                                  uint64_t *ticket)
{
	struct tickets *tickets = &world->tickets;
	cohort_status status = number == 0 ? draw(tickets, 0) : COHORT_OK;
	struct batch found = await_batch(world, tickets->slot);

	while (found.count > 0 && number - tickets->before >= found.count) {
		tickets->before += found.count;
		found = await_batch(world, ++tickets->slot);
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
	progress_once(world->comm);
	if (!first ||
	    progress_thread_begin(&tickets->progress_thread, world->comm))
		return COHORT_OK;
	return let_start(world);
}

/* With several nodes. */
static cohort_status claim_from_batches(struct mpi_world *world,
                                        struct tickets_run *out)
{
	struct tickets *tickets = &world->tickets;
	uint64_t ticket;

	progress_thread_lock();
	cohort_status status = claim_number(
	    world, atomic_fetch_add(&tickets->ticket_window->next, 1), &ticket);
	*out = tickets_cut(ticket, 1, tickets->total);
	if (world->base.rank == 0 && status == COHORT_OK)
		status = look_after_others(world);
	progress_thread_unlock();
	return status;
}

cohort_status tickets_claim(struct world *base, uint64_t most,
                            struct tickets_run *out)
{
	struct mpi_world *world = world_of(base);
	struct tickets *tickets = &world->tickets;

	if (tickets->nodes > 1)
		return claim_from_batches(world, out);
	*out =
	    tickets_cut(atomic_fetch_add(&tickets->ticket_window->next, most),
	                most, tickets->total);
	return COHORT_OK;
}

void tickets_leave(struct world *base)
{
	progress_thread_end(&world_of(base)->tickets.progress_thread);
}
