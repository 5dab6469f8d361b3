#define _GNU_SOURCE /* syscall */
#include "backoff.h"

#include "common/base/clock.h"
#include "mp/liveness.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	SPINS_MOST = 2000, /* before the first yield: about 60 us */
	SPINS_LEAST = 16,
	YIELDS_CROWDED = 8,  /* before the first look at the clock */
	SPINS_PER_CLOCK = 8, /* yields that let nobody run, between readings
	                        of the clock */
	SLEEP_MS = 20,       /* with up to 64 ranks */
	SLEEP_MS_MOST = TIME_LIMIT_LOOK_MS
};

static const double yield_seconds = 2e-3;

/* A yield that takes longer has let another process run: two switches take more
 * time, the system call alone takes a tenth of it. */
static const double switch_seconds = 2e-6;

static inline void pause_core(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb" ::: "memory");
#endif
}

/* A full memory barrier on every processor that runs a rank of the world now;
 * ranks that do not run had theirs when they were switched out. False if the
 * kernel does not provide it. */
static bool membarrier_everywhere(void)
{
	return syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0, 0) ==
	       0;
}

void backoff_prepare(struct shm_plane *plane, struct control_page *control)
{
	plane->spin_limit = plane->fits ? SPINS_MOST : 0;
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0,
	            0) ||
	    !membarrier_everywhere())
		atomic_store(&control->fences, 1);
}

/* Count this rank among the sleepers. */
static void announce_sleep(struct backoff *backoff)
{
	struct control_page *control = backoff->wait->world->control;

	atomic_fetch_add(&control->sleepers, 1);
	backoff->announced = true;
	/* A filter of system calls may refuse it although it worked before.
	 * Then wakers need a fence from now on, and this rank does now. */
	if (!membarrier_everywhere()) {
		atomic_store(&control->fences, 1);
		atomic_thread_fence(memory_order_seq_cst);
	}
	backoff->wakes = atomic_load(&control->wakes);
}

/* A sleeper is woken when the word changes, and for an event. For the rest it
 * wakes by itself and checks. With more ranks it sleeps longer, so that all
 * ranks together check equally often and leave the cores to those that run. */
static int sleep_ms(struct wait *wait)
{
	const int ms = SLEEP_MS * ((wait->world->size + 63) / 64);

	return wait_nap(wait, ms < SLEEP_MS_MOST ? ms : SLEEP_MS_MOST);
}

static void sleep_until_woken(struct backoff *backoff)
{
	struct control_page *control = backoff->wait->world->control;
	struct jump_watch watch;

	wait_sleeps(backoff->wait, &watch);
	liveness_sleep(control, backoff->wait->awaited, backoff->wakes,
	               sleep_ms(backoff->wait));
	jump_watch_end(&watch);
	backoff->wakes = atomic_load(&control->wakes);
}

/* Whether an event was announced that this rank has not checked. */
static bool has_event(const struct mp_world *world)
{
	return atomic_load_explicit(&world->control->events,
	                            memory_order_relaxed) != world->seen;
}

static void yield_first(struct backoff *backoff)
{
	backoff->yielded_at = clock_seconds();
	sched_yield();
	backoff->shared =
	    clock_seconds() - backoff->yielded_at > switch_seconds;
}

cohort_status backoff_step(struct backoff *backoff)
{
	const unsigned spins = backoff->spins++;

	if (has_event(backoff->wait->world))
		return wait_check_all(backoff->wait);
	if (spins < backoff->plane->spin_limit) {
		pause_core();
		return COHORT_OK;
	}
	if (!backoff->plane->fits && spins < YIELDS_CROWDED) {
		sched_yield();
		return COHORT_OK;
	}
	if (backoff->yielded_at == 0) {
		yield_first(backoff);
		return COHORT_OK;
	}
	if (!backoff->announced) {
		sched_yield();
		if ((spins % SPINS_PER_CLOCK && !backoff->shared) ||
		    clock_seconds() - backoff->yielded_at < yield_seconds)
			return COHORT_OK;
		announce_sleep(backoff);
		backoff->rounds++;
		return COHORT_OK;
	}
	/* The deadline is checked before the sleep, not after it: the word may
	 * have changed in time although this rank woke after the deadline. The
	 * caller loads it first. */
	backoff->rounds++;
	cohort_status status = wait_check_all(backoff->wait);
	if (status == COHORT_OK)
		sleep_until_woken(backoff);
	return status;
}

/* Ranks that could each have a core may still share one, with each other or
 * with other programs. The first yield tells. If another process ran, the spins
 * before had kept the core from it, and the next wait spins half as long. If
 * none ran, the yields cost time and helped nobody, and the next wait spins
 * twice as long. */
static void adapt_spins(struct backoff *backoff)
{
	struct shm_plane *plane = backoff->plane;
	unsigned spin_limit = plane->spin_limit;

	if (!plane->fits || backoff->yielded_at == 0)
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
	adapt_spins(backoff);
	if (backoff->announced)
		atomic_fetch_sub(&backoff->wait->world->control->sleepers, 1);
	backoff->announced = false;
}
