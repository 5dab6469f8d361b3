#define _GNU_SOURCE /* syscall */
#include "backoff.h"

#include "common/base/clock.h"

#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	SPINS_MOST = 2000, /* before yielding: about 60 us */
	SPINS_LEAST = 16,
	SPINS_CROWDED = 4,
	SPINS_PER_CLOCK = 8, /* yields between readings of the clock */
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

void backoff_prepare(struct shm_plane *plane, struct control_page *control)
{
	plane->spin_limit = plane->fits ? SPINS_MOST : SPINS_CROWDED;
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0,
	            0) ||
	    !barrier_everywhere())
		atomic_store(&control->fences, 1);
}

/* Say that this rank is about to sleep. */
static void announce(struct backoff *backoff)
{
	struct control_page *control = backoff->wait->world->control;

	atomic_fetch_add(&control->sleepers, 1);
	backoff->announced = true;
	/* It may be refused from one day to the next, by a filter of system
	 * calls. Then wakers need a fence from now on, and this rank too. */
	if (!barrier_everywhere()) {
		atomic_store(&control->fences, 1);
		atomic_thread_fence(memory_order_seq_cst);
	}
	backoff->wakes = atomic_load(&control->wakes);
}

static void sleep_a_little(struct backoff *backoff)
{
	struct control_page *control = backoff->wait->world->control;
	const int ms = wait_nap(backoff->wait, SLEEP_MS);
	const struct timespec most = {.tv_nsec = (long)ms * 1000000};

	syscall(SYS_futex, &control->wakes, FUTEX_WAIT, backoff->wakes, &most,
	        NULL, 0);
	backoff->wakes = atomic_load(&control->wakes);
}

/* Whether something happened that every rank should know of. */
static bool has_news(const struct mp_world *world)
{
	return atomic_load_explicit(&world->control->events,
	                            memory_order_relaxed) != world->seen;
}

static void yield_first(struct backoff *backoff)
{
	backoff->yielding = clock_seconds();
	sched_yield();
	backoff->shared = clock_seconds() - backoff->yielding > switch_seconds;
}

cohort_status backoff_step(struct backoff *backoff)
{
	const unsigned spins = backoff->spins++;

	if (has_news(backoff->wait->world))
		return wait_look(backoff->wait);
	if (spins < backoff->plane->spin_limit) {
		relax();
		return COHORT_OK;
	}
	if (backoff->yielding == 0) {
		yield_first(backoff);
		return COHORT_OK;
	}
	if (!backoff->announced) {
		sched_yield();
		if (spins % SPINS_PER_CLOCK ||
		    clock_seconds() - backoff->yielding < yield_seconds)
			return COHORT_OK;
		announce(backoff);
		backoff->rounds++;
		return COHORT_OK;
	}
	/* Not after the sleep: who comes in time, and wakes this rank when the
	 * time is over, has come. */
	backoff->rounds++;
	cohort_status status = wait_look(backoff->wait);
	if (status == COHORT_OK)
		sleep_a_little(backoff);
	return status;
}

/* Ranks that could each have a core may have to share one all the same, with
 * each other or with other programs. What a yield did tells: if somebody else
 * ran, looking had kept the core from them, and less of it is tried the next
 * time; if nobody did, it cost nothing, and the yields only made the last look
 * late. */
static void learn(struct backoff *backoff)
{
	struct shm_plane *plane = backoff->plane;
	unsigned spin_limit = plane->spin_limit;

	if (!plane->fits || backoff->yielding == 0)
		return;
	spin_limit = backoff->shared ? spin_limit / 2 : spin_limit * 2;
	if (spin_limit < SPINS_LEAST)
		spin_limit = SPINS_LEAST;
	if (spin_limit > SPINS_MOST)
		spin_limit = SPINS_MOST;
	plane->spin_limit = spin_limit;
}

void backoff_end(struct backoff *backoff)
{
	learn(backoff);
	if (backoff->announced)
		atomic_fetch_sub(&backoff->wait->world->control->sleepers, 1);
	backoff->announced = false;
}
