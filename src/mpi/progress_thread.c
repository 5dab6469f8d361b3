#define _POSIX_C_SOURCE 200809L
#include "progress_thread.h"

#include "bell.h"
#include "common/base/background_thread.h"
#include "mpi_process.h"

/* A thread holds it while it is in MPI, and while it forks: in the forked copy,
 * which lacks the other thread, no lock of MPI or of the C library may be held
 * by that thread. */
static pthread_mutex_t mpi_lock = PTHREAD_MUTEX_INITIALIZER;

void progress_thread_lock(void)
{
	pthread_mutex_lock(&mpi_lock);
}

void progress_thread_unlock(void)
{
	pthread_mutex_unlock(&mpi_lock);
}

static bool lock_around_forks(void)
{
	static bool registered;

	if (!registered)
		registered = !pthread_atfork(progress_thread_lock,
		                             progress_thread_unlock,
		                             progress_thread_unlock);
	return registered;
}

static void *take_turns(void *arg)
{
	struct progress_thread *progress_thread = arg;

	for (;;) {
		const unsigned seen = atomic_load(progress_thread->bell);
		if (atomic_load(&progress_thread->leaving))
			return NULL;
		progress_thread_lock();
		const double pause =
		    progress_thread->turn(progress_thread->arg);
		progress_thread_unlock();
		bell_wait(progress_thread->bell, seen, pause);
	}
}

bool progress_thread_begin(struct progress_thread *progress_thread)
{
	if (!mpi_process_allows_threads() || !lock_around_forks())
		return false;
	atomic_store(&progress_thread->leaving, false);
	progress_thread->runs = !background_thread_start(
	    &progress_thread->thread, BACKGROUND_STACK_DEFAULT, take_turns,
	    progress_thread);
	return progress_thread->runs;
}

void progress_thread_end(struct progress_thread *progress_thread)
{
	if (!progress_thread->runs)
		return;
	atomic_store(&progress_thread->leaving, true);
	bell_ring(progress_thread->bell);
	pthread_join(progress_thread->thread, NULL);
	progress_thread->runs = false;
}
