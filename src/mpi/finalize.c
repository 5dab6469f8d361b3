#define _POSIX_C_SOURCE 200809L
#include "finalize.h"

#include "call_watch.h"
#include "common/base/flush_streams.h"
#include "common/base/log.h"
#include "common/base/output.h"
#include "host_calls.h"
#include "launcher_watch.h"

#include <mpi.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FINALIZE_SECONDS = 20, ANSWER_MS = 1000, HOLD_MS = 100 };

/* While the process is in MPI_Finalize. */
struct end {
	int status;       /* of the process */
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

static double leave_unfinalised(void *arg)
{
	const struct end *end = arg;

	log_line(LOG_WARN, -1,
	         "mpi: MPI_Finalize has not returned within %d s, though all "
	         "ranks are in it: leaving without it, with exit status %d",
	         FINALIZE_SECONDS, end->status & 0xff);
	flush_streams();
	output_drain();
	hold_caller(end->caller);
	tell_hydra();
	_exit(end->status);
}

/* The launcher is gone, so the ranks that are missing may not come. */
static void leave_without_launcher(int status)
{
	log_line(LOG_WARN, -1,
	         "mpi: the launcher has ended, while this rank waited for "
	         "others in MPI_Finalize: leaving without it, with exit "
	         "status %d",
	         status & 0xff);
	flush_streams();
	output_drain();
	_exit(status);
}

/* MPI_Barrier would take a whole core until the last rank is here. The first
 * YIELDS pauses yield, and those after them grow. */
static void await_ranks_of_job(int status)
{
	enum {
		YIELDS = 1000,
		PAUSE_LEAST_NS = 10000,
		PAUSE_MOST_NS = 10000000
	};
	struct timespec pause = {.tv_nsec = PAUSE_LEAST_NS};
	MPI_Request request;
	int here = 0;

	if (MPI_Ibarrier(MPI_COMM_WORLD, &request) != MPI_SUCCESS)
		return;
	for (int i = 0;; i++) {
		if (MPI_Test(&request, &here, MPI_STATUS_IGNORE) || here)
			return;
		if (i < YIELDS) {
			sched_yield();
			continue;
		}
		if (launcher_watch_is_over())
			leave_without_launcher(status);
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < PAUSE_MOST_NS)
			pause.tv_nsec += pause.tv_nsec / 8;
	}
}

void finalize_bounded(int status)
{
	struct end end = {.status = status, .caller = pthread_self()};
	struct call_watch watch;

	await_ranks_of_job(status);
	call_watch_begin(&watch, FINALIZE_SECONDS, leave_unfinalised, &end);
	MPI_Finalize();
	call_watch_end(&watch);
}
