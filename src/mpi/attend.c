#define _POSIX_C_SOURCE 200809L
#include "attend.h"

#include "process.h"

#include <signal.h>
#include <time.h>

#define PAUSE_NS 1000000 /* so that attending takes a core 1 % at the most */

/* Held by whoever is in MPI, and by whoever forks: a copy of this process must
 * not find the locks of what MPI rests on taken by a thread that it lacks. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

void attend_lock(void)
{
	pthread_mutex_lock(&turn);
}

void attend_unlock(void)
{
	pthread_mutex_unlock(&turn);
}

static bool survive_forks(void)
{
	static bool registered;

	if (!registered)
		registered =
		    !pthread_atfork(attend_lock, attend_unlock, attend_unlock);
	return registered;
}

void attend_once(MPI_Comm comm)
{
	int flag;

	MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, comm, &flag, MPI_STATUS_IGNORE);
}

static void *attend(void *arg)
{
	struct attendant *attendant = arg;
	struct timespec until;

	attend_lock();
	while (!attendant->leaving) {
		attend_once(attendant->comm);
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += PAUSE_NS;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		pthread_cond_timedwait(&attendant->leave, &turn, &until);
	}
	attend_unlock();
	return NULL;
}

static bool init_leave(struct attendant *attendant)
{
	pthread_condattr_t attributes;

	if (pthread_condattr_init(&attributes))
		return false;
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	const int error = pthread_cond_init(&attendant->leave, &attributes);
	pthread_condattr_destroy(&attributes);
	return !error;
}

bool attend_begin(struct attendant *attendant, MPI_Comm comm)
{
	sigset_t all;
	sigset_t before;

	if (!process_lends_threads() || !survive_forks() ||
	    !init_leave(attendant))
		return false;
	attendant->comm = comm;
	attendant->leaving = false;
	/* Signals are the program's threads'. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	attendant->runs =
	    !pthread_create(&attendant->thread, NULL, attend, attendant);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!attendant->runs)
		pthread_cond_destroy(&attendant->leave);
	return attendant->runs;
}

void attend_end(struct attendant *attendant)
{
	if (!attendant->runs)
		return;
	attend_lock();
	attendant->leaving = true;
	pthread_cond_signal(&attendant->leave);
	attend_unlock();
	pthread_join(attendant->thread, NULL);
	pthread_cond_destroy(&attendant->leave);
	attendant->runs = false;
}
