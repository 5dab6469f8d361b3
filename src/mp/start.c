#define _POSIX_C_SOURCE 200809L
#include "start.h"

#include "common/base/cpu_count.h"
#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "common/base/flush_streams.h"
#include "common/base/log.h"
#include "common/base/numeric_threads.h"
#include "common/base/thread_pools.h"
#include "hidden_fork.h"
#include "leave.h"
#include "liveness.h"
#include "monitor.h"
#include "monitor_link.h"
#include "retired_page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The open warns of more ranks on each core. */
enum { CROWD = 16 };

/* Why the monitor could not start the peers. */
static cohort_status say_start_failure(const struct mp_world *world)
{
	static const char *const steps[] = {[START_SOCKETPAIR] = "socketpair",
	                                    [START_FORK] = "fork",
	                                    [START_SENDMSG] = "sendmsg"};
	const struct start_failure failure = world->control->start_failure;
	const bool told =
	    failure.step > START_NONE && failure.step <= START_SENDMSG;

	if (!told && errno)
		return error_sys("cohort_open: cannot receive from the monitor "
		                 "process, which starts %d ranks: recvmsg",
		                 world->size);
	if (!told)
		return error_set(COHORT_EPEER,
		                 "cohort_open: the monitor process, which "
		                 "starts the peers, was killed");
	errno = failure.number;
	if (failure.rank == 0)
		return error_sys("cohort_open: the monitor process cannot say "
		                 "that %d ranks have started: %s",
		                 world->size, steps[failure.step]);
	return error_sys("cohort_open: cannot start rank %d of %d: %s",
	                 failure.rank, world->size, steps[failure.step]);
}

/* Receive a socket to each peer, if the transport has sockets, until the
 * monitor says that all peers have started. */
static cohort_status await_start(struct mp_world *world)
{
	for (;;) {
		int rank = -1;
		int fd = -1;
		if (monitor_link_receive(world->monitor_link, &rank, &fd) ||
		    rank < 0 || rank >= world->size)
			return say_start_failure(world);
		if (rank == 0)
			return COHORT_OK;
		if (fd < 0) {
			errno = EMFILE;
			return error_sys("cohort_open: no descriptor left for "
			                 "the socket to rank %d of %d; raise "
			                 "the limit (ulimit -n)",
			                 rank, world->size);
		}
		world->transport->hooks->attach(world->transport, rank, fd);
	}
}

static cohort_status fork_monitor(struct mp_world *world, int threads)
{
	sigset_t all;
	sigset_t mask;
	int ends[2];

	if (descriptor_socket_pair(SOCK_STREAM, ends))
		return error_sys("cohort_open: socketpair");
	world->monitor_link = ends[0];
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	world->monitor = hidden_fork(threads);
	if (world->monitor == 0) {
		descriptor_close(&world->monitor_link);
		monitor_run(world, ends[1], &mask);
		return COHORT_OK; /* a peer */
	}
	int number = errno;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	close(ends[1]);
	errno = number;
	return world->monitor < 0 ? error_sys("cohort_open: fork") : COHORT_OK;
}

/* At warn once, because a program may open many scoped groups. A program with
 * hooks around forks knows about its threads. */
static void warn_threads(int threads, const struct fork_hooks *hooks)
{
	static bool has_warned;
	char names[THREAD_NAMES_BYTES];

	if (threads <= 1 || thread_pools_count(NULL, names) == 0)
		return;
	log_line(has_warned || hooks->before ? LOG_INFO : LOG_WARN, 0,
	         "the program has %d threads already (beside this one: %s): "
	         "its peers have none of them, and hang if they wait for one; "
	         "open the group before threads are started",
	         threads, names);
	has_warned = has_warned || !hooks->before;
}

/* The threads that the peers will not have. */
static int count_threads_left(void)
{
	thread_pools_pause();
	return thread_count();
}

/*
 * Fork the ranks. The program sees one fork of rank 0: its memory is copied
 * once, for the monitor, and the peers have their memory from there. So before
 * and in_parent are called once in rank 0, and in_child once in each peer. The
 * monitor itself calls none: it never runs the program's code, the C library
 * may not know that it is another process, and it blocks all signals. Locks
 * that `before` has taken stay taken there, and nobody wants them.
 */
static cohort_status fork_ranks(struct mp_world *world,
                                const struct fork_hooks *hooks)
{
	fork_hooks_before(hooks);
	const int threads = count_threads_left();
	warn_threads(threads, hooks);
	flush_streams();
	cohort_status status = fork_monitor(world, threads);
	if (world->rank != 0)
		fork_hooks_in_child(hooks);
	else
		fork_hooks_in_parent(hooks);
	return world->rank != 0 || status != COHORT_OK ? status
	                                               : await_start(world);
}

static void warn_crowd(const struct mp_world *world)
{
	static bool has_warned;
	const int ranks_per_core = world->size / world->cores;

	if (ranks_per_core <= CROWD)
		return;
	log_line(has_warned ? LOG_INFO : LOG_WARN, 0,
	         "%d ranks share %d core(s), about %d on each: the program "
	         "needs the memory of %d processes and gets no faster; set "
	         "COHORT_SIZE, or options.size, to the number of cores",
	         world->size, world->cores, ranks_per_core, world->size);
	has_warned = true;
}

/* Before the fork: the peers inherit it. Each of them would look in all
 * libraries for functions that are not there, which takes as long as its
 * fork. */
static void share_cores(struct mp_world *world)
{
	const int share =
	    world->cores > world->size ? world->cores / world->size : 1;

	if (numeric_threads_limit(share, &world->numeric) > 0)
		log_line(LOG_INFO, world->rank,
		         "%d cores for %d ranks: each rank's numerical "
		         "libraries get %d thread(s), where their variables "
		         "(OMP_NUM_THREADS and its kin) leave it open",
		         world->cores, world->size, share);
}

static cohort_status create_transport(struct mp_world *world,
                                      const struct mp_transport_hooks *hooks)
{
	const char *failed = NULL;

	world->transport = hooks->create(world, &failed);
	return world->transport
	           ? COHORT_OK
	           : error_sys("cohort_open: cannot prepare %d ranks: %s",
	                       world->size, failed);
}

cohort_status start_world(const struct config *config,
                          const struct mp_transport_hooks *hooks,
                          struct mp_world **out)
{
	const int cores = cpu_count();
	const int size = config->size ? config->size : cores;
	struct mp_world *world = NULL;

	retired_page_release();
	cohort_status status = world_create(size, cores, &world);
	if (status != COHORT_OK)
		return status;
	status = create_transport(world, hooks);
	if (status == COHORT_OK)
		warn_crowd(world);
	if (status == COHORT_OK && size > 1)
		share_cores(world);
	if (status == COHORT_OK && size > 1)
		status = fork_ranks(world, config->fork_hooks);
	if (status == COHORT_OK && !leave_register())
		status = error_set(COHORT_ENOMEM,
		                   "cohort_open: on_exit: no memory for a "
		                   "handler");
	if (status != COHORT_OK) {
		start_undo(world);
		return status;
	}
	liveness_begin(world->control, world->rank);
	hooks->prepare(world->transport, world);
	world_set_current(world);
	*out = world;
	return COHORT_OK;
}

void start_end_peers(struct mp_world *world)
{
	/* The program may have forked a child, which has a copy of this end:
	 * close would not be seen by the monitor, but shutdown is. */
	if (world->monitor_link >= 0)
		shutdown(world->monitor_link, SHUT_RDWR);
	if (world->monitor > 0)
		hidden_wait(world->monitor);
	world->monitor = 0;
}

void start_release(struct mp_world *world)
{
	numeric_threads_restore(&world->numeric);
	world_free(world);
}

void start_undo(struct mp_world *world)
{
	if (world->rank != 0)
		_exit(1); /* rank 0 fails too: it learns of this end */
	start_end_peers(world);
	start_release(world);
}
