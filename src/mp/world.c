#define _GNU_SOURCE /* on_exit, eventfd */
#include "world.h"

#include "common/base/cpu_count.h"
#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/memory.h"
#include "common/base/numeric_threads.h"
#include "common/base/worker_stats.h"
#include "hidden_fork.h"
#include "monitor.h"
#include "monitor_link.h"
#include "mp/shm/backoff.h"
#include "mp/shm/rendezvous.h"
#include "mp/shm/tuning.h"
#include "wait.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	TICK_MS = 20,
	GRACE_MS = 1000 /* for peers, after a deadline has passed */
};

/* The process's one world. */
static struct mp_world *current;

struct mp_world *world_current(void)
{
	return current && current->pid == getpid() ? current : NULL;
}

static void world_free(struct mp_world *world)
{
	if (!world)
		return;
	for (int r = 0; world->sockets && r < world->size; r++)
		descriptor_close(&world->sockets[r]);
	descriptor_close(&world->failure_event);
	descriptor_close(&world->monitor_link);
	control_unmap(world->control, world->size);
	memory_unshare(world->stats, worker_stats_bytes(world->size));
	heap_close(&world->heap);
	arena_unmap(&world->arena);
	free(world->sockets);
	free(world->counts);
	free(world->polls);
	free(world);
}

/* Everything but the processes. */
static cohort_status world_create(int size, enum transport transport,
                                  struct mp_world **out)
{
	struct mp_world *world = calloc(1, sizeof(*world));

	if (!world)
		return error_sys("cohort_open: calloc");
	*world = (struct mp_world){
	    .size = size,
	    .pid = getpid(),
	    .failure_event = -1,
	    .monitor_link = -1,
	    .monitor = -1,
	    .cores = cpu_count(),
	    .transport = transport,
	};
	tuning_prepare(world, size <= world->cores);
	world->sockets = malloc((size_t)size * sizeof(*world->sockets));
	for (int r = 0; world->sockets && r < size; r++)
		world->sockets[r] = -1;
	world->counts = calloc((size_t)size, sizeof(*world->counts));
	world->polls =
	    calloc((size_t)size + POLLS_BEHIND, sizeof(*world->polls));
	const char *failed = NULL;
	if (!world->sockets || !world->counts || !world->polls)
		failed = "malloc";
	else if (!(world->control = control_map(size)) ||
	         !(world->stats = memory_share(worker_stats_bytes(size))))
		failed = "mmap";
	else if (transport == TRANSPORT_SHM && arena_map(&world->arena, size))
		failed = "mmap of the arena";
	else if ((world->failure_event =
	              eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
		failed = "eventfd";
	if (failed) {
		cohort_status status = error_sys(
		    "cohort_open: cannot prepare %d ranks: %s", size, failed);
		world_free(world);
		return status;
	}
	*out = world;
	return COHORT_OK;
}

/* What the monitor could not do. */
static cohort_status status_failure(const struct mp_world *world)
{
	const struct failure *failure = &world->control->failure;

	if (!failure->what && errno)
		return error_sys("cohort_open: cannot hear of the %d ranks "
		                 "that are being started: recvmsg",
		                 world->size);
	if (!failure->what)
		return error_set(COHORT_EPEER,
		                 "cohort_open: the process that starts the "
		                 "peers was killed");
	errno = failure->number;
	return error_sys("cohort_open: cannot start rank %d of %d: %s",
	                 failure->rank, world->size, failure->what);
}

/* Take in a socket for each peer, if there are any, until the monitor says that
 * all have started. */
static cohort_status await_monitor(struct mp_world *world)
{
	for (;;) {
		int rank = -1;
		int fd = -1;
		if (monitor_link_receive(world->monitor_link, &rank, &fd) ||
		    rank < 0 || rank >= world->size)
			return status_failure(world);
		if (rank == 0)
			return COHORT_OK;
		if (fd < 0)
			return error_set(COHORT_ESYS,
			                 "cohort_open: no descriptor left for "
			                 "the socket to rank %d of %d: raise "
			                 "the limit (ulimit -n)",
			                 rank, world->size);
		world->sockets[rank] = fd;
	}
}

static cohort_status fork_monitor(struct mp_world *world, int threads)
{
	sigset_t all;
	sigset_t mask;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
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
	if (world->monitor < 0)
		return error_sys("cohort_open: fork");
	return await_monitor(world);
}

/* Until all peers have ended, or one of them has called cohort_abort. A peer
 * that was given up at a deadline may never end by itself: then all are ended
 * after a while. */
static void await_peers(struct mp_world *world)
{
	const struct control_page *control = world->control;
	int waited_ms = 0;

	while (!monitor_link_wait_cut(world->monitor_link, TICK_MS)) {
		const int aborted = atomic_load(&control->aborted);
		if (aborted)
			_exit(aborted & ~ABORTED);
		if (!control_timed_out(control))
			continue;
		waited_ms += TICK_MS;
		if (waited_ms >= GRACE_MS)
			shutdown(world->monitor_link, SHUT_RDWR);
	}
	hidden_wait(world->monitor);
}

/* Keep rank 0 until its peers have ended, and make its exit status the first
 * of theirs that is not 0, if its own is. glibc runs the handlers that are
 * left, and takes the last status, when a handler calls exit. */
static void leave_root(struct mp_world *world, int status)
{
	struct control_page *control = world->control;

	control->records[0].end = status & 0xff;
	if (atomic_load(&control->records[0].groups) > 0) {
		const struct world_failure world_failure = world_end(world, 0);
		world_break(world, &world_failure);
	}
	atomic_store(&control->records[0].gone, 1);
	atomic_fetch_add(&control->gone, 1);
	control_announce(control);
	if (world->monitor > 0)
		await_peers(world);
	current = NULL;
	const int first = atomic_load(&control->exit_status);
	if ((status & 0xff) == 0 && first != 0)
		exit(first);
}

/* Handlers registered before the open are rank 0's: they run after this one,
 * so a peer leaves here. */
static void leave(int status, void *arg)
{
	struct mp_world *world = arg;

	if (world != current || world->pid != getpid())
		return;
	if (world->rank == 0) {
		leave_root(world, status);
		return;
	}
	fflush(NULL);
	_exit(status);
}

static void warn_threads(int threads)
{
	if (threads > 1)
		log_line(LOG_WARN, 0,
		         "the program has %d threads already: its peers have "
		         "none of them; open the group before threads are "
		         "started",
		         threads);
}

static void share_cores(const struct mp_world *world)
{
	const int share =
	    world->cores > world->size ? world->cores / world->size : 1;

	if (numeric_threads_limit(share) > 0)
		log_line(LOG_INFO, world->rank,
		         "%d cores for %d ranks: each rank's numerical "
		         "libraries get %d thread(s), where their variables "
		         "(OMP_NUM_THREADS and its kin) leave it open",
		         world->cores, world->size, share);
}

static void prepare_shm(struct mp_world *world)
{
	struct arena *arena = &world->arena;

	backoff_prepare(world);
	world->heap = (struct heap){
	    .arena = arena,
	    .start = arena->heaps + (size_t)world->rank * arena->heap_bytes,
	    .bytes = arena->heap_bytes,
	};
	regions_prepare(&world->regions, world);
}

cohort_status world_start(const struct config *config, struct mp_world **out)
{
	const int size = config->size ? config->size : cpu_count();
	const int threads = size > 1 ? thread_count() : 1;
	struct mp_world *world = NULL;
	cohort_status status = world_create(size, config->transport, &world);

	if (status != COHORT_OK)
		return status;
	warn_threads(threads);
	fflush(NULL);
	if (size > 1)
		status = fork_monitor(world, threads);
	if (status == COHORT_OK && on_exit(leave, world))
		status = error_set(COHORT_ENOMEM,
		                   "cohort_open: on_exit: no memory for a "
		                   "handler");
	if (status != COHORT_OK) {
		world_undo(world);
		return status;
	}
	if (world->transport == TRANSPORT_SHM)
		prepare_shm(world);
	if (size > 1)
		share_cores(world);
	current = world;
	*out = world;
	return COHORT_OK;
}

void world_undo(struct mp_world *world)
{
	if (world->rank != 0)
		_exit(1); /* rank 0 is about to find out */
	/* Its end, even if a child that the program forked has a copy. */
	if (world->monitor_link >= 0)
		shutdown(world->monitor_link, SHUT_RDWR);
	descriptor_close(&world->monitor_link);
	if (world->monitor > 0)
		hidden_wait(world->monitor);
	if (current == world)
		current = NULL;
	world_free(world);
}

struct world_failure world_end(const struct mp_world *world, int r)
{
	const struct rank_record *line = &world->control->records[r];

	return (struct world_failure){
	    .reason =
	        line->signalled ? WORLD_FAILURE_KILLED : WORLD_FAILURE_LEFT,
	    .a = r,
	    .number = (uint64_t)line->end,
	    .number_b = atomic_load(&world->stats->ranks[r].running),
	};
}

void world_break(struct mp_world *world,
                 const struct world_failure *world_failure)
{
	const uint64_t one = 1;
	int saved = errno;

	control_break(world->control, world_failure);
	control_announce(world->control);
	/* Nobody reads it, so it stays readable: everyone who waits, and who
	 * will, is woken. It cannot be full before 2^64 - 2 breakages. */
	ssize_t written = write(world->failure_event, &one, sizeof(one));
	(void)written;
	errno = saved;
}

void world_abort(struct mp_world *world, int exit_code)
{
	int none = 0;

	if (world->pid == getpid()) {
		atomic_compare_exchange_strong(&world->control->aborted, &none,
		                               ABORTED | (exit_code & 0xff));
		struct world_failure world_failure = {.reason =
		                                          WORLD_FAILURE_KEEPER};
		world_break(world, &world_failure);
	}
	_exit(exit_code);
}
