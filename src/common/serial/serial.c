/* The backend with one rank, the caller. Each collective copies at most, so
 * only serial_open can fail: for want of memory. This is the shortest backend;
 * the others can be compared with it. */
#include "serial.h"

#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/node_memory.h"
#include "common/base/op.h"
#include "common/base/rank_states.h"
#include "common/base/type.h"
#include "common/base/worker_stats.h"

#include <stdlib.h>
#include <string.h>

/* At the beginning of the memory that the rank shares with its forked copies,
 * which run tasks and claim tickets for it. A struct worker_stats follows. */
struct claimed_tickets {
	_Alignas(struct worker_stats) _Atomic uint64_t count;
};

struct serial_world {
	struct world base;
	struct call call;
	struct claimed_tickets *tickets;
	uint64_t tickets_total;
	uint64_t scratch[WORLD_SCRATCH_BYTES / sizeof(uint64_t)];
};

static size_t serial_shared_bytes(void)
{
	return sizeof(struct claimed_tickets) + worker_stats_bytes(1);
}

static cohort_status serial_open(const struct config *config,
                                 const struct launcher *launcher,
                                 struct world **out)
{
	(void)config;
	(void)launcher;
	struct serial_world *world = malloc(sizeof(*world));
	struct claimed_tickets *tickets = memory_share(serial_shared_bytes());
	struct rank_states *states = memory_share(rank_states_bytes(1));

	if (!world || !tickets || !states) {
		const cohort_status status =
		    error_sys("cohort_open: cannot prepare a serial group: %s",
		              world ? "mmap" : "malloc");
		free(world);
		memory_unshare(tickets, serial_shared_bytes());
		memory_unshare(states, rank_states_bytes(1));
		return status;
	}
	*world = (struct serial_world){
	    .base = {.backend = &serial_backend,
	             .rank = 0,
	             .size = 1,
	             .local_size = 1,
	             .scratch = world->scratch,
	             .call = &world->call,
	             .stats = (struct worker_stats *)(tickets + 1),
	             .states = states,
	             .stats_ranks = 1,
	             .copies_claim = true},
	    .tickets = tickets,
	};
	*out = &world->base;
	return COHORT_OK;
}

static cohort_status serial_close(struct world *world, const struct call *call)
{
	(void)call;
	memory_unshare(((struct serial_world *)world)->tickets,
	               serial_shared_bytes());
	memory_unshare(world->states, rank_states_bytes(1));
	free(world);
	return COHORT_OK;
}

static void serial_abort(struct world *world, int exit_code)
{
	(void)world;
	_Exit(exit_code);
}

static void serial_refuse(struct world *world, const struct call *call)
{
	(void)world;
	(void)call;
}

static cohort_status serial_barrier(struct world *world,
                                    const struct call *call)
{
	(void)world;
	(void)call;
	return COHORT_OK;
}

static cohort_status serial_bcast(struct world *world, const struct call *call,
                                  void *data, size_t bytes)
{
	(void)world;
	(void)call;
	(void)data;
	(void)bytes;
	return COHORT_OK;
}

static void copy_unless_in_place(void *to, const void *from, size_t bytes)
{
	if (to != from && bytes > 0)
		memcpy(to, from, bytes);
}

static cohort_status serial_gatherv(struct world *world,
                                    const struct call *call, const void *send,
                                    void *recv, const size_t counts[],
                                    size_t width)
{
	(void)world;
	(void)counts;
	copy_unless_in_place(recv, send, (size_t)call->count * width);
	return COHORT_OK;
}

static cohort_status serial_allreduce(struct world *world,
                                      const struct call *call, const void *send,
                                      void *recv)
{
	const cohort_type type = (cohort_type)call->type;

	(void)world;
	copy_unless_in_place(recv, send, (size_t)call->count * type_size(type));
	op_alone((cohort_op)call->op, type, recv, (size_t)call->count);
	return COHORT_OK;
}

static cohort_status serial_tickets_open(struct world *base, uint64_t total)
{
	struct serial_world *world = (struct serial_world *)base;

	world->tickets_total = total;
	atomic_store(&world->tickets->count, 0);
	return COHORT_OK;
}

static cohort_status serial_tickets_claim(struct world *base, uint64_t most,
                                          struct ticket_range *out)
{
	struct serial_world *world = (struct serial_world *)base;
	const uint64_t first = atomic_fetch_add(&world->tickets->count, most);

	*out = ticket_range_cut(first, most, world->tickets_total);
	return COHORT_OK;
}

static void serial_tickets_join(struct world *base)
{
	(void)base;
}

static cohort_status serial_spread(struct world *world, const struct call *call,
                                   struct node_memory *memory, size_t bytes,
                                   cohort_status *mine)
{
	(void)world;
	(void)call;
	(void)memory;
	(void)bytes;
	(void)mine;
	return COHORT_OK;
}

static cohort_status serial_gather_shared(struct world *world,
                                          const struct call *call,
                                          const void *send,
                                          const size_t counts[],
                                          struct node_memory *memory,
                                          size_t offsets[], cohort_status *lack)
{
	(void)world;
	(void)call;
	(void)lack;
	offsets[0] = 0;
	return node_memory_copy(memory, send, counts[0], NODE_MEMORY_PRIVATE)
	           ? COHORT_OK
	           : error_sys("cohort_gather: mmap or mprotect of %zu bytes",
	                       counts[0]);
}

static cohort_status serial_become_task(struct world *world)
{
	return memory_shut(world->states, rank_states_bytes(1))
	           ? COHORT_OK
	           : error_sys("cohort_scatter: mprotect");
}

static cohort_status serial_tickets_leave(struct world *base)
{
	(void)base;
	return COHORT_OK;
}

const struct backend serial_backend = {
    .name = "serial",
    .open = serial_open,
    .close = serial_close,
    .abort = serial_abort,
    .refuse = serial_refuse,
    .barrier = serial_barrier,
    .bcast = serial_bcast,
    .gatherv = serial_gatherv,
    .allgatherv = serial_gatherv,
    .allreduce = serial_allreduce,
    .spread = serial_spread,
    .gather_shared = serial_gather_shared,
    .tickets_open = serial_tickets_open,
    .tickets_claim = serial_tickets_claim,
    .become_task = serial_become_task,
    .tickets_join = serial_tickets_join,
    .tickets_leave = serial_tickets_leave,
};
