#define _GNU_SOURCE /* syscall */
#include "delivery_sleep.h"

#include "common/base/descriptor.h"
#include "common/base/descriptor_poll.h"
#include "common/base/rank_states.h"
#include "common/base/wait_hook.h"
#include "common/base/worker_stats.h"
#include "delivery_state.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * A wake takes both processes some microseconds. So while many records come
 * between two sleeps, rank 0 sleeps for a short time and says that nobody need
 * wake it.
 */
enum {
	MANY_RECORDS = 16,
	NAP_US = 100,     /* then */
	MAIL_NAP_US = 300 /* of a rank that has messages to look for */
};

/* Whether the rank sleeps that the event wakes: rank 0, or this one. */
static _Atomic int *sleep_word(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	return world->result_event
	           ? &world->stats->root_sleeps
	           : &world->stats->ranks[world->stats_index].sleeps;
}

/* Whether this rank takes records from its streams. */
static bool attends(const struct sweep_run *run)
{
	return run->delivery &&
	       (run->group->world->rank == 0 || run->delivery->mail);
}

void delivery_wake_root(const struct sweep_run *run)
{
	_Atomic int *sleeps = sleep_word(run);

	if (!atomic_load(sleeps) || !atomic_exchange(sleeps, 0))
		return;
	descriptor_event_signal(run->delivery->event);
}

int delivery_event(const struct sweep_run *run)
{
	return attends(run) ? run->delivery->event : -1;
}

void delivery_before_sleep(const struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;

	if (!attends(run))
		return;
	delivery->naps = !delivery->mail && delivery->taken >= MANY_RECORDS;
	delivery->taken = 0;
	if (!delivery->naps)
		atomic_store(sleep_word(run), 1);
}

void delivery_after_sleep(const struct sweep_run *run)
{
	if (!attends(run))
		return;
	atomic_store(sleep_word(run), 0);
	if (run->delivery->event < 0 || run->delivery->naps)
		return;
	descriptor_event_clear(run->delivery->event);
}

static void nap(int microseconds)
{
	const struct timespec time = {0, microseconds * 1000L};

	nanosleep(&time, NULL);
}

void delivery_sleep(const struct sweep_run *run)
{
	struct pollfd event = {.fd = run->delivery->event, .events = POLLIN};

	wait_hook_call();
	if (run->delivery->mail)
		nap(MAIL_NAP_US);
	else if (run->delivery->naps)
		nap(NAP_US);
	else
		descriptor_poll_ms(&event, 1, DELIVERY_SLEEP_MS);
}

double delivery_sleep_most(const struct sweep_run *run, double most)
{
	const double seconds = 1e-6 * NAP_US;

	return run->delivery && run->delivery->naps && most > seconds ? seconds
	                                                              : most;
}

/* Sequentially consistent: either this rank sees that another one waits, or
 * that one sees what rank 0 has published before. */
void delivery_wake_waiting(const struct sweep_run *run)
{
	struct rank_states *states = run->group->world->states;

	if (!atomic_load(&states->waiting))
		return;
	atomic_fetch_add(&states->room, 1);
	syscall(SYS_futex, &states->room, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

uint32_t delivery_begin_wait(const struct sweep_run *run)
{
	struct rank_states *states = run->group->world->states;
	const uint32_t room = atomic_load(&states->room);

	atomic_fetch_add(&states->waiting, 1);
	return room;
}

void delivery_wait(const struct sweep_run *run, uint32_t room)
{
	const struct timespec most = {.tv_nsec = DELIVERY_SLEEP_MS * 1000000L};

	wait_hook_call();
	if (run->delivery->mail)
		nap(MAIL_NAP_US);
	else
		syscall(SYS_futex, &run->group->world->states->room, FUTEX_WAIT,
		        room, &most, NULL, 0);
}

void delivery_end_wait(const struct sweep_run *run)
{
	atomic_fetch_sub(&run->group->world->states->waiting, 1);
}

/* The sleep below ends at once, and looks for the end of the monitor and for
 * cohort_abort first. */
bool delivery_lost_ranks(struct sweep_run *run)
{
	struct world *world = run->group->world;

	if (!world->survival)
		return false;
	struct survival_wait wait = {
	    .call = &run->call, .wakes = world->survival->wakes(world) - 1};
	return world->survival->sleep(world, &wait) != COHORT_OK;
}

bool delivery_world_failed(const struct world *world)
{
	return world->failed && atomic_load(world->failed);
}

uint64_t delivery_round_of(const struct sweep_run *run)
{
	return run->number << 16 | (run->passes & 0xffff);
}
