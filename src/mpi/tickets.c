/*
 * On one node a claim is an atomic addition to a counter in shared memory: no
 * call of MPI, and no rank has to answer.
 *
 * With several nodes, a counter at rank 0 numbers batches of tickets. The ranks
 * of a node draw a batch together and share its tickets as above. Batches are
 * made in rounds of one batch for each node: the first round has half of the
 * tickets, each later round half of the rest, down to batches of one ticket for
 * each rank of a node. In a round with n nodes, batch m has every n-th ticket
 * from the m-th one on, because the cost of a task may grow with its index (with
 * a guided schedule it does).
 *
 * The ticket window of a node lists the batches that the node has drawn, in
 * order, in its slots. A rank takes the next number from the window; the sizes
 * of the batches tell which ticket that number is. The rank that takes the
 * middle number of a batch draws the batch for the next slot before it runs its
 * task. If it drew the batch later, the other ranks would wait for it; if it
 * drew the batch earlier, a slow node would hold tickets that others could run.
 *
 * Many MPIs change the counter only while rank 0 is inside a call of MPI, and
 * rank 0 may be in a task. So a thread of rank 0 calls MPI every millisecond
 * (progress_thread.h). If the program has initialised MPI without support for
 * threads, rank 0 serves the others only when it claims. Its first task may be
 * long, so at its first claim it waits until every node has drawn a batch, but
 * not longer than START_SECONDS, since a node may never claim at all.
 *
 * An empty batch ends the sweep for a node: a node draws batches in order, so
 * all later ones would be empty too.
 *
 * Cost: an atomic addition; for about 2 log2(tickets / ranks) of a node's
 * claims an MPI_Fetch_and_op.
 */
#include "tickets.h"

#include "deadline.h"
#include "mpi_error.h"
#include "mpi_wait.h"
#include "ticket_window.h"

#define START_SECONDS 0.01

/* Ticket i of a batch is begin + i * nodes. */
struct ticket_batch {
	uint64_t begin;
	uint64_t count;
};

static const struct call scattering = {.kind = CALL_SCATTER};

/* The tickets of batch `number`. The batches of a round are of the same size;
 * the last round has the rest. */
static struct ticket_batch batch_of_number(const struct tickets *tickets,
                                           uint64_t number)
{
	const uint64_t nodes = (uint64_t)tickets->nodes;
	const uint64_t m = number % nodes;
	uint64_t begin = 0;

	for (uint64_t round = number / nodes; begin < tickets->total; round--) {
		const uint64_t left = tickets->total - begin;
		uint64_t size = left / 2 / nodes;
		size = size > tickets->least ? size : tickets->least;
		const uint64_t dealt =
		    size > left / nodes ? left : size * nodes;
		if (round == 0)
			return (struct ticket_batch){
			    begin + m,
			    m < dealt ? (dealt - m - 1) / nodes + 1 : 0,
			};
		begin += dealt;
	}
	return (struct ticket_batch){tickets->total, 0};
}

/* No rank claims tickets of the sweep before any more, and none claims yet. So
 * the first rank of each node may clear its window, and rank 0 the counter. */
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
		atomic_store(&tickets->window->next, 0);
		for (int i = 0; i < tickets->slots; i++)
			atomic_store(&tickets->window->slots[i], 0);
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
	           : mpi_error_report(&scattering, "MPI_Accumulate", code);
}

/* Apply `op` with `operand` to the counter of batches; *out is the value that
 * the counter had before. */
static int fetch_counter(const struct tickets *tickets, uint64_t operand,
                         MPI_Op op, uint64_t *out)
{
	int code = MPI_Fetch_and_op(&operand, out, MPI_UINT64_T, 0, 0, op,
	                            tickets->counter);

	return code == MPI_SUCCESS ? MPI_Win_flush(0, tickets->counter) : code;
}

/* Draw the batch for a slot. After a failure the others find an empty batch in
 * the slot, so that they end, too. */
static cohort_status draw_batch(struct tickets *tickets, uint64_t slot)
{
	uint64_t number = 0;
	int code = MPI_SUCCESS;

	if (slot >= (uint64_t)tickets->slots)
		return COHORT_OK;
	code = fetch_counter(tickets, 1, MPI_SUM, &number);
	if (code != MPI_SUCCESS)
		number = UINT64_MAX - 1;
	atomic_store(&tickets->window->slots[slot], number + 1);
	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : mpi_error_report(&scattering, "MPI_Fetch_and_op", code);
}

/* The batch of a slot. If the slot is empty, some rank of this node is drawing
 * the batch. */
static struct ticket_batch await_batch(const struct mpi_world *world,
                                       uint64_t slot)
{
	const struct tickets *tickets = &world->tickets;
	struct wait_pauses pauses = {0};
	uint64_t drawn = 0;

	if (slot >= (uint64_t)tickets->slots)
		return (struct ticket_batch){tickets->total, 0};
	while (!(drawn = atomic_load(&tickets->window->slots[slot]))) {
		progress_once(world->comm);
		wait_pause(&pauses);
	}
	return batch_of_number(tickets, drawn - 1);
}

/* Rank 0, before its first task: let the other nodes draw their first batches,
 * unless there are fewer tickets than nodes. */
static cohort_status await_first_draws(struct mpi_world *world)
{
	struct tickets *tickets = &world->tickets;
	const struct deadline deadline = deadline_in(START_SECONDS);
	struct wait_pauses pauses = {0};
	const uint64_t nodes = (uint64_t)tickets->nodes;
	uint64_t drawn = tickets->total < nodes ? nodes : 0;
	int code = MPI_SUCCESS;

	while (code == MPI_SUCCESS && drawn < nodes &&
	       !deadline_passed(&deadline)) {
		wait_pause(&pauses);
		code = fetch_counter(tickets, 0, MPI_NO_OP, &drawn);
	}
	return code == MPI_SUCCESS
	           ? COHORT_OK
	           : mpi_error_report(&scattering, "MPI_Fetch_and_op", code);
}

/* Find the ticket for `number`, which this rank took from the window. If it is
 * the middle one of its batch, draw the next batch. */
static cohort_status find_ticket(struct mpi_world *world, uint64_t number,
                                 uint64_t *ticket)
{
	struct tickets *tickets = &world->tickets;
	cohort_status status = number == 0 ? draw_batch(tickets, 0) : COHORT_OK;
	struct ticket_batch batch = await_batch(world, tickets->slot);

	while (batch.count > 0 && number - tickets->before >= batch.count) {
		tickets->before += batch.count;
		batch = await_batch(world, ++tickets->slot);
	}
	const uint64_t i = number - tickets->before;
	if (status == COHORT_OK && batch.count > 0 && i == batch.count / 2)
		status = draw_batch(tickets, tickets->slot + 1);
	*ticket = batch.count > 0 ? batch.begin + i * (uint64_t)tickets->nodes
	                          : tickets->total;
	return status;
}

/* Rank 0 has claimed a ticket and is about to run its task: make sure that the
 * other nodes get theirs meanwhile. */
static cohort_status serve_other_nodes(struct mpi_world *world)
{
	struct tickets *tickets = &world->tickets;
	const bool first = !tickets->began;

	tickets->began = true;
	progress_once(world->comm);
	if (!first ||
	    progress_thread_begin(&tickets->progress_thread, world->comm))
		return COHORT_OK;
	return await_first_draws(world);
}

/* A claim with several nodes. */
static cohort_status claim_from_batches(struct mpi_world *world,
                                        struct tickets_run *out)
{
	struct tickets *tickets = &world->tickets;
	uint64_t ticket;

	progress_thread_lock();
	cohort_status status = find_ticket(
	    world, atomic_fetch_add(&tickets->window->next, 1), &ticket);
	*out = tickets_cut(ticket, 1, tickets->total);
	if (world->base.rank == 0 && status == COHORT_OK)
		status = serve_other_nodes(world);
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
	*out = tickets_cut(atomic_fetch_add(&tickets->window->next, most), most,
	                   tickets->total);
	return COHORT_OK;
}

void tickets_leave(struct world *base)
{
	progress_thread_end(&world_of(base)->tickets.progress_thread);
}
