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

/* Returns 0, or an error number. */
static int lock_around_forks(void)
{
	static bool registered;
	int error = 0;

	if (!registered)
		error =
		    pthread_atfork(progress_thread_lock, progress_thread_unlock,
		                   progress_thread_unlock);
	registered = !error;
	return error;
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
	progress_thread->refused = 0;
	if (!mpi_process_allows_threads())
		return false;
	atomic_store(&progress_thread->leaving, false);
	progress_thread->refused = lock_around_forks();
	if (!progress_thread->refused)
		progress_thread->refused = background_thread_start(
		    &progress_thread->thread, BACKGROUND_STACK_DEFAULT,
		    take_turns, progress_thread);
	progress_thread->runs = !progress_thread->refused;
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
