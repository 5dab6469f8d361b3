#define _POSIX_C_SOURCE 200809L
#include "progress_thread.h"

#include "common/base/background_thread.h"
#include "message_tag.h"
#include "mpi_process.h"

#include <time.h>

/* Between two calls: the thread then takes 1 % of a core at the most. */
#define PAUSE_NS 1000000

/* A thread holds it while it is in MPI, and while it forks: in the forked copy,
 * which lacks the other thread, no lock of MPI or of the C library may be held
 * by that thread. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

void progress_thread_lock(void)
{
	pthread_mutex_lock(&turn);
}

void progress_thread_unlock(void)
{
	pthread_mutex_unlock(&turn);
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

/* MPICH probes the messages that have arrived first, and returns at once if one
 * matches; only otherwise it serves window operations of other ranks. So this
 * probe has a tag that no rank uses. With MPI_ANY_TAG, it would match the
 * message of a rank that is already in its next call (call_exchange.c), again
 * and again, and window operations would never end. */
void progress_once(MPI_Comm comm)
{
	int flag;

	MPI_Iprobe(MPI_ANY_SOURCE, TAG_NEVER_SENT, comm, &flag,
	           MPI_STATUS_IGNORE);
}

static void *serve_others(void *arg)
{
	struct progress_thread *progress_thread = arg;
	struct timespec until;

	progress_thread_lock();
	while (!progress_thread->leaving) {
		progress_once(progress_thread->comm);
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += PAUSE_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&progress_thread->leave, &turn, &until);
	}
	progress_thread_unlock();
	return NULL;
}

static bool init_leave_condition(struct progress_thread *progress_thread)
{
	pthread_condattr_t attributes;

	if (pthread_condattr_init(&attributes))
		return false;
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	const int error =
	    pthread_cond_init(&progress_thread->leave, &attributes);
	pthread_condattr_destroy(&attributes);
	return !error;
}

bool progress_thread_begin(struct progress_thread *progress_thread,
                           MPI_Comm comm)
{
	if (!mpi_process_allows_threads() || !lock_around_forks() ||
	    !init_leave_condition(progress_thread))
		return false;
	progress_thread->comm = comm;
	progress_thread->leaving = false;
	progress_thread->runs = !background_thread_start(
	    &progress_thread->thread, BACKGROUND_STACK_DEFAULT, serve_others,
	    progress_thread);
	if (!progress_thread->runs)
		pthread_cond_destroy(&progress_thread->leave);
	return progress_thread->runs;
}

void progress_thread_end(struct progress_thread *progress_thread)
{
	if (!progress_thread->runs)
		return;
	progress_thread_lock();
	progress_thread->leaving = true;
	pthread_cond_signal(&progress_thread->leave);
	progress_thread_unlock();
	pthread_join(progress_thread->thread, NULL);
	pthread_cond_destroy(&progress_thread->leave);
	progress_thread->runs = false;
}
