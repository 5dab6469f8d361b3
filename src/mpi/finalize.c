#define _POSIX_C_SOURCE 200809L
#include "finalize.h"

#include "common/base/background_thread.h"
#include "common/base/clock.h"
#include "common/base/flush_streams.h"
#include "common/base/log.h"
#include "common/base/output.h"
#include "host_calls.h"

#include <mpi.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FINALIZE_SECONDS = 20, ANSWER_MS = 1000, HOLD_MS = 100 };

/* Runs while the process is in MPI_Finalize. */
struct finalize_watch {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool over; /* MPI_Finalize has returned */
	int status;
	pthread_t caller; /* of MPI_Finalize */
};

static _Atomic bool held;

static void hold(int signal)
{
	(void)signal;
	atomic_store(&held, true);
	for (;;)
		pause();
}

/* Keep the caller of MPI_Finalize from going on: it may be reading from Hydra's
 * socket, and ends the job if it reads the answer to another request than its
 * own. The process is about to end, so the handler stays. If the program has
 * blocked the signal, the caller goes on. */
static void hold_caller(pthread_t caller)
{
	const struct sigaction action = {.sa_handler = hold};
	const struct timespec moment = {.tv_nsec = 1000000};

	if (sigaction(SIGUSR1, &action, NULL) || pthread_kill(caller, SIGUSR1))
		return;
	for (int ms = 0; ms < HOLD_MS && !atomic_load(&held); ms++)
		nanosleep(&moment, NULL);
}

/* Hydra kills the other processes of a job when one leaves that has not said
 * this (PMI-1), and the ranks' times are not over at the same moment. MPICH
 * says it at the end of MPI_Finalize. Hydra answers, and fails itself if nobody
 * is there to be answered. */
static void tell_hydra(void)
{
	static const char request[] = "cmd=finalize\n";
	struct pollfd answer = {host_launcher_socket(), POLLIN, 0};
	char line[64];

	if (answer.fd < 0 || send(answer.fd, request, sizeof(request) - 1,
	                          MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return;
	if (poll(&answer, 1, ANSWER_MS) <= 0)
		return;
	const ssize_t got = recv(answer.fd, line, sizeof(line), MSG_DONTWAIT);
	(void)got; /* whatever it is, it was read */
}

static void leave_unfinalised(pthread_t caller, int status)
{
	log_line(LOG_WARN, -1,
	         "mpi: MPI_Finalize has not returned within %d s, though all "
	         "ranks are in it: leaving without it, with exit status %d",
	         FINALIZE_SECONDS, status & 0xff);
	flush_streams();
	output_drain();
	hold_caller(caller);
	tell_hydra();
	_exit(status);
}

static void *watch_finalize(void *arg)
{
	struct finalize_watch *watch = arg;
	const double end = clock_seconds() + FINALIZE_SECONDS;
	struct timespec until;
	double left = FINALIZE_SECONDS;

	pthread_mutex_lock(&watch->lock);
	/* The condition's clock may be set; only the other one counts. */
	while (!watch->over && left > 0) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += (time_t)left + 1;
		pthread_cond_timedwait(&watch->changed, &watch->lock, &until);
		left = end - clock_seconds();
	}
	const bool over = watch->over;
	pthread_mutex_unlock(&watch->lock);
	if (!over)
		leave_unfinalised(watch->caller, watch->status);
	return NULL;
}

void finalize_bounded(int status)
{
	struct finalize_watch watch = {
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	    .changed = PTHREAD_COND_INITIALIZER,
	    .status = status,
	    .caller = pthread_self(),
	};
	pthread_t thread;

	MPI_Barrier(MPI_COMM_WORLD);
	const bool watched = !background_thread_start(
	    &thread, BACKGROUND_STACK_DEFAULT, watch_finalize, &watch);
	MPI_Finalize();
	if (!watched)
		return;
	pthread_mutex_lock(&watch.lock);
	watch.over = true;
	pthread_cond_signal(&watch.changed);
	pthread_mutex_unlock(&watch.lock);
	pthread_join(thread, NULL);
}
