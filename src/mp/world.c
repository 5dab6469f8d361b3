#define _GNU_SOURCE /* prctl */
#include "world.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "liveness.h"
#include "monitor_link.h"
#include "retired_page.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { INTERRUPT_MS = 1000 };

/* The process's one world. */
static _Atomic(struct mp_world *) current;

/* Calls of world_interrupt that are under way, in any thread. */
static _Atomic int interrupts;

struct mp_world *world_current(void)
{
	struct mp_world *world = current;

	return world && world->pid == getpid() ? world : NULL;
}

void world_set_current(struct mp_world *world)
{
	world->inherited = current;
	current = world;
}

/* `current` stays, so that a leak checker finds the world of a program that
 * leaves without a close. */
void world_leave(struct mp_world *world)
{
	world->pid = 0;
}

/* From now on a signal handler finds another world; in some thread one may
 * still use this one. It takes microseconds on its core. In a process that was
 * forked meanwhile it never ends. */
static void await_interrupts(void)
{
	const struct timespec pause = {.tv_nsec = 1000000};

	for (int i = 0; i < INTERRUPT_MS && atomic_load(&interrupts) > 0; i++)
		nanosleep(&pause, NULL);
}

void world_free(struct mp_world *world)
{
	if (!world)
		return;
	if (current == world)
		current = world->inherited;
	await_interrupts();
	descriptor_event_close(&world->failure_event);
	descriptor_event_close(&world->result_event);
	descriptor_close(&world->monitor_link);
	if (world->transport)
		world->transport->hooks->destroy(world->transport);
	if (!world->control || liveness_end(world->control, world->rank))
		control_unmap(world->control, world->size);
	else
		retired_page_keep(world->control, world->size);
	memory_unshare(world->stats, worker_stats_bytes(world->size));
	memory_unshare(world->states, rank_states_bytes(world->size));
	free(world->pids);
	free(world->scratch);
	memory_unshare(world->tickets, sizeof(*world->tickets));
	free(world);
}

cohort_status world_create(int size, int cores, struct mp_world **out)
{
	struct mp_world *world = calloc(1, sizeof(*world));
	const char *failed = NULL;

	if (!world)
		return error_sys("cohort_open: calloc");
	*world = (struct mp_world){
	    .size = size,
	    .pid = getpid(),
	    .failure_event = -1,
	    .result_event = -1,
	    .monitor_link = -1,
	    .monitor = -1,
	    .cores = cores,
	};
	if (!(world->pids = calloc((size_t)size, sizeof(*world->pids))) ||
	    !(world->scratch = calloc((size_t)size, WORLD_SCRATCH_BYTES)))
		failed = "calloc";
	else if (!(world->control = control_map(size)) ||
	         !(world->stats = memory_share(worker_stats_bytes(size))) ||
	         !(world->states = memory_share(rank_states_bytes(size))) ||
	         !(world->tickets = memory_share(sizeof(*world->tickets))))
		failed = "mmap";
	else if ((world->failure_event = descriptor_event()) < 0 ||
	         (world->result_event = descriptor_event()) < 0)
		failed = "eventfd";
	if (failed) {
		cohort_status status = error_sys(
		    "cohort_open: cannot prepare %d ranks: %s", size, failed);
		world_free(world);
		return status;
	}
	*out = world;
	return COHORT_OK;
}

/* Rank 0 has a link to the monitor. A peer is its child, and asks the kernel
 * once more to end it with the monitor: the kernel forgets that when a process
 * becomes another user. */
static bool monitor_is_gone(const struct mp_world *world)
{
	if (world->parent > 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		return getppid() != world->parent;
	}
	return world->monitor_link >= 0 &&
	       monitor_link_is_cut(world->monitor_link);
}

bool world_lost_monitor(const struct mp_world *world)
{
	return monitor_is_gone(world) &&
	       atomic_load(&world->control->gone) != world->size - 1;
}

struct world_failure world_end_as(const struct mp_world *world, int r,
                                  bool signalled, int end)
{
	const struct rank_counters *counters = &world->stats->ranks[r];

	return (struct world_failure){
	    .reason = signalled ? WORLD_FAILURE_KILLED : WORLD_FAILURE_LEFT,
	    .a = r,
	    .number = (uint64_t)end,
	    /* A task in a child is not what ended the rank. */
	    .number_b = atomic_load(&world->states->ranks[r].child)
	                    ? 0
	                    : counter_read(&counters->running),
	};
}

struct world_failure world_end(const struct mp_world *world, int r)
{
	const struct rank_record *record = &world->control->records[r];

	return world_end_as(world, r, record->signalled, record->end);
}

void world_break(struct mp_world *world, const struct world_failure *failure)
{
	int saved = errno;

	control_break(world->control, failure);
	control_announce(world->control);
	/* No process reads the event, so it stays readable: it wakes every rank
	 * that waits now or later. It cannot be full before 2^64 - 2 failures.
	 */
	descriptor_event_signal(world->failure_event);
	errno = saved;
}

void world_interrupt(void)
{
	atomic_fetch_add(&interrupts, 1);
	struct mp_world *world = world_current();
	const struct world_failure failure = {
	    .reason = WORLD_FAILURE_INTERRUPTED, .a = world ? world->rank : 0};

	if (world) {
		control_interrupt(world->control, world->rank);
		world_break(world, &failure);
	}
	atomic_fetch_sub(&interrupts, 1);
}

void world_abandon(struct mp_world *world, const struct call *call)
{
	const struct world_failure failure = {.reason = WORLD_FAILURE_ABANDONED,
	                                      .a = world->rank,
	                                      .call_a = *call};

	if (world == world_current())
		world_break(world, &failure);
}

void world_abort(struct mp_world *world, int exit_code)
{
	int none = 0;

	if (world->pid == getpid()) {
		atomic_compare_exchange_strong(&world->control->aborted, &none,
		                               ABORTED | (exit_code & 0xff));
		const struct world_failure failure = {
		    .reason = WORLD_FAILURE_MONITOR};
		world_break(world, &failure);
	}
	_exit(exit_code);
}
