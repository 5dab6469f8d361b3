#define _GNU_SOURCE /* syscall */
#include "idle.h"

#include "common/clock.h"

#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	LOOKS_MOST = 2000, /* before yielding: about 60 us */
	LOOKS_LEAST = 16,
	LOOKS_CROWDED = 4,
	LOOKS_PER_CLOCK = 8, /* yields between readings of the clock */
	SLEEP_MS = 20
};

static const double yield_seconds = 2e-3;

/* A yield that takes longer has let somebody else run: two switches take more,
 * the call itself a tenth. */
static const double switch_seconds = 2e-6;

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb" ::: "memory");
#endif
}

/* A full barrier on every processor that runs one of the world's ranks now;
 * false where the kernel has none. The others had theirs when they were
 * switched out. */
static bool barrier_everywhere(void)
{
	return syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) ==
	       0;
}

void idle_prepare(struct mp_world *world)
{
	world->patience = world->fits ? LOOKS_MOST : LOOKS_CROWDED;
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0,
	            0) ||
	    !barrier_everywhere())
		atomic_store(&world->control->fences, 1);
}

/* Say that this rank is about to sleep. */
static void announce(struct idle *idle)
{
	struct control *control = idle->wait->world->control;

	atomic_fetch_add(&control->sleepers, 1);
	idle->announced = true;
	/* It may be refused from one day to the next, by a filter of system
	 * calls. Then wakers need a fence from now on, and this rank too. */
	if (!barrier_everywhere()) {
		atomic_store(&control->fences, 1);
		atomic_thread_fence(memory_order_seq_cst);
	}
	idle->wakes = atomic_load(&control->wakes);
}

static void sleep_a_little(struct idle *idle)
{
	struct control *control = idle->wait->world->control;
	const int ms = wait_nap(idle->wait, SLEEP_MS);
	const struct timespec most = {.tv_nsec = (long)ms * 1000000};

	syscall(SYS_futex, &control->wakes, FUTEX_WAIT, idle->wakes, &most,
	        NULL, 0);
	idle->wakes = atomic_load(&control->wakes);
}

/* Whether something happened that every rank should know of. */
static bool has_news(const struct mp_world *world)
{
	return atomic_load_explicit(&world->control->events,
	                            memory_order_relaxed) != world->seen;
}

static void yield_first(struct idle *idle)
{
	idle->yielding = clock_seconds();
	sched_yield();
	idle->shared = clock_seconds() - idle->yielding > switch_seconds;
}

cohort_status idle_step(struct idle *idle)
{
	struct mp_world *world = idle->wait->world;
	const unsigned looks = idle->looks++;

	if (has_news(world))
		return wait_look(idle->wait);
	if (looks < world->patience) {
		relax();
		return COHORT_OK;
	}
	if (idle->yielding == 0) {
		yield_first(idle);
		return COHORT_OK;
	}
	if (!idle->announced) {
		sched_yield();
		if (looks % LOOKS_PER_CLOCK ||
		    clock_seconds() - idle->yielding < yield_seconds)
			return COHORT_OK;
		announce(idle);
		idle->rounds++;
		return COHORT_OK;
	}
	/* Not after the sleep: who comes in time, and wakes this rank when the
	 * time is over, has come. */
	idle->rounds++;
	cohort_status status = wait_look(idle->wait);
	if (status == COHORT_OK)
		sleep_a_little(idle);
	return status;
}

/* Ranks that could each have a core may have to share one all the same, with
 * each other or with other programs. What a yield did tells: if somebody else
 * ran, looking had kept the core from them, and less of it is tried the next
 * time; if nobody did, it cost nothing, and the yields only made the last look
 * late. */
static void learn(struct idle *idle)
{
	struct mp_world *world = idle->wait->world;
	unsigned patience = world->patience;

	if (!world->fits || idle->yielding == 0)
		return;
	patience = idle->shared ? patience / 2 : patience * 2;
	if (patience < LOOKS_LEAST)
		patience = LOOKS_LEAST;
	if (patience > LOOKS_MOST)
		patience = LOOKS_MOST;
	world->patience = patience;
}

void idle_end(struct idle *idle)
{
	learn(idle);
	if (idle->announced)
		atomic_fetch_sub(&idle->wait->world->control->sleepers, 1);
	idle->announced = false;
}
