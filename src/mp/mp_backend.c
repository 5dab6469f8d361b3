/* The mp backend: groups over the process's one world. */
#include "mp_backend.h"

#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/rank_states.h"
#include "mp/shm/shm_collectives.h"
#include "mp/shm/shm_transport.h"
#include "mp/socket/socket_collectives.h"
#include "mp/socket/socket_transport.h"
#include "mp_gather_shared.h"
#include "mp_group.h"
#include "mp_spread.h"
#include "mp_tickets.h"
#include "scoped_close.h"
#include "start.h"
#include "survival.h"

#include <errno.h>
#include <stdlib.h>

static const struct mp_transport_hooks *const transports[] = {
    [TRANSPORT_SHM] = &shm_transport,
    [TRANSPORT_SOCKET] = &socket_transport,
};

static const struct backend *backend_over(const struct mp_transport *transport)
{
	return transport->hooks == &shm_transport ? &mp_backend
	                                          : &mp_socket_backend;
}

bool mp_is_running(void)
{
	return world_current() != NULL;
}

/* Find the world, or fork it if there is none: then *started is true. */
static cohort_status find_world(const struct config *config, bool *started,
                                struct mp_world **out)
{
	struct mp_world *world = world_current();

	*started = !world;
	if (!world)
		return start_world(config, transports[config->transport], out);
	*out = world;
	return COHORT_OK;
}

/* Whether a group with these options may share the world. */
static cohort_status check_running(const struct config *config,
                                   const struct mp_world *world)
{
	if (config->scoped)
		return error_set(
		    COHORT_ESTATE,
		    "cohort_open: options.scoped asks for ranks "
		    "that end with the group, but this program's "
		    "ranks are running already, and there are %d "
		    "of them: %s",
		    world->size,
		    world->scoped ? "close the scoped group first, or leave "
		                    "scoped out to share its ranks"
		                  : "they live until the program ends; leave "
		                    "scoped out, or make every group of the "
		                    "program scoped");
	if (config->size_from_options && config->size != world->size)
		return error_set(COHORT_ESTATE,
		                 "cohort_open: options.size is %d, but this "
		                 "program's ranks are running already, and "
		                 "there are %d of them: leave size at 0",
		                 config->size, world->size);
	return COHORT_OK;
}

void mp_group_prepare(struct mp_group *group, struct mp_world *world,
                      double timeout)
{
	*group = (struct mp_group){
	    .base = {.backend = backend_over(world->transport),
	             .rank = world->rank,
	             .size = world->size,
	             .local_rank = world->rank,
	             .local_size = world->size,
	             .number = world->groups,
	             .scratch = world->scratch,
	             .call = &world->control->records[world->rank].call,
	             .regions = world->transport->regions,
	             .stats = world->stats,
	             .states = world->states,
	             .stats_ranks = world->size,
	             .stats_index = world->rank,
	             .failed = &world->control->broken,
	             .interrupt = world_interrupt,
	             .survival = &mp_survival,
	             .result_event = &world->result_event,
	             .copies_claim = true,
	             .caller = &world->caller,
	             .cancels = world->transport->hooks == &socket_transport},
	    .world = world,
	    .transport = world->transport,
	    .timeout = timeout,
	};
}

static atomic_int *open_groups(const struct mp_world *world)
{
	return &world->control->records[world->rank].groups;
}

/* Wait until every rank has opened the group. */
static cohort_status await_opens(struct mp_group *group)
{
	struct mp_world *world = group->world;
	const struct call call = {.kind = CALL_OPEN, .group = world->groups};

	/* A signal may have stopped the sweeps of earlier groups. If this rank
	 * has none of them open, all ranks have closed them: forget it. */
	if (atomic_fetch_add(open_groups(world), 1) == 0 && world->rank == 0)
		atomic_store(&world->states->stop, 0);
	cohort_status status =
	    group->base.backend->barrier(&group->base, &call);
	if (status == COHORT_OK)
		world->groups++;
	else
		atomic_fetch_sub(open_groups(world), 1);
	return status;
}

static void mp_abandon(struct world *base)
{
	world_abandon(((struct mp_group *)base)->world, base->call);
}

/* core does not know yet that this group shares a world with others. If
 * `refused` is not COHORT_OK, the peers that open the group are told, and it is
 * returned. */
static cohort_status await_opens_alone(struct mp_group *group,
                                       cohort_status refused)
{
	const struct call call = {.kind = CALL_OPEN,
	                          .group = group->world->groups};
	world_caller *caller = group->base.caller;
	cohort_status status = refused;

	if (caller_is_other(caller, &errno))
		return error_set(COHORT_ESTATE,
		                 "cohort_open: another thread of rank %d is in "
		                 "a call on a group of this world: make one "
		                 "call at a time",
		                 group->base.rank);
	/* Before its end. */
	const bool left = atomic_load(caller) != NULL;
	if (left)
		mp_abandon(&group->base);
	atomic_store_explicit(caller, &errno, memory_order_relaxed);
	if (refused == COHORT_OK)
		status = await_opens(group);
	else
		group->base.backend->refuse(&group->base, &call);
	atomic_store_explicit(caller, left ? CALLER_LEFT : NULL,
	                      memory_order_relaxed);
	return status;
}

static cohort_status mp_open(const struct config *config,
                             const struct launcher *launcher,
                             struct world **out)
{
	struct mp_world *world = NULL;
	bool started;

	(void)launcher;
	/* Before the fork: if there is no memory, nothing has to be undone. */
	struct mp_group *group = malloc(sizeof(*group));
	if (!group)
		return error_sys("cohort_open: malloc");
	cohort_status status = find_world(config, &started, &world);
	if (status != COHORT_OK)
		goto fail;
	mp_group_prepare(group, world, config->timeout);
	if (started)
		world->scoped = group->base.scoped = config->scoped;
	else
		status = check_running(config, world);
	status = await_opens_alone(group, status);
	if (status != COHORT_OK && started)
		start_undo(world);
	if (status != COHORT_OK)
		goto fail;
	*out = &group->base;
	return COHORT_OK;
fail:
	free(group);
	return status;
}

static cohort_status mp_close(struct world *base, const struct call *call)
{
	struct mp_group *group = (struct mp_group *)base;
	struct mp_world *world = group->world;
	const bool ends = base->scoped && world == world_current();
	const double timeout = group->timeout;
	cohort_status status = COHORT_OK;

	if (call)
		status = base->backend->barrier(base, call);
	if (world == world_current() && !ends)
		atomic_fetch_sub(open_groups(world), 1);
	free(group);
	if (!ends)
		return status;
	const cohort_status ended =
	    scoped_close(world, call && status == COHORT_OK, timeout);
	return status == COHORT_OK ? ended : status;
}

static void mp_abort(struct world *base, int exit_code)
{
	world_abort(((struct mp_group *)base)->world, exit_code);
}

/* A forked copy keeps the tickets and the counters of tasks writable. */
static cohort_status mp_become_task(struct world *base)
{
	const struct mp_world *world = ((struct mp_group *)base)->world;

	return control_shut(world->control, world->size) &&
	               memory_shut(world->states,
	                           rank_states_bytes(world->size)) &&
	               world->transport->hooks->become_task(world->transport)
	           ? COHORT_OK
	           : error_sys("cohort_scatter: cannot keep tasks from the "
	                       "memory that ranks share: mprotect");
}

/* The slots that do not depend on the transport. */
#define MP_SLOTS                                                             \
	.name = "mp", .open = mp_open, .close = mp_close, .abort = mp_abort, \
	.abandon = mp_abandon, .tickets_open = mp_tickets_open,              \
	.tickets_claim = mp_tickets_claim, .tickets_join = mp_tickets_join,  \
	.become_task = mp_become_task, .tickets_leave = mp_tickets_leave,    \
	.spread = mp_spread, .gather_shared = mp_gather_shared

/* Over shared memory. The choice of a backend knows only this table; mp_open
 * gives a group the table of its transport. */
const struct backend mp_backend = {
    MP_SLOTS,
    .alloc = shm_alloc,
    .release = shm_release,
    .refuse = shm_refuse,
    .barrier = shm_barrier,
    .bcast = shm_bcast,
    .gatherv = shm_gatherv,
    .allgatherv = shm_allgatherv,
    .allreduce = shm_allreduce,
};

const struct backend mp_socket_backend = {
    MP_SLOTS,
    .refuse = socket_refuse,
    .barrier = socket_barrier,
    .bcast = socket_bcast,
    .gatherv = socket_gatherv,
    .allgatherv = socket_allgatherv,
    .allreduce = socket_allreduce,
};
