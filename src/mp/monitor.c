#define _GNU_SOURCE
#include "monitor.h"

#include "common/base/descriptor.h"
#include "common/base/pidfd.h"
#include "common/base/worker_stats.h"
#include "hidden_fork.h"
#include "monitor_link.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	TICK_MS = 10,  /* how often to look, where there are no pidfds */
	GRACE_MS = 100 /* for rank 0 to leave by itself after an abort */
};

struct monitor {
	struct mp_world *world;
	struct control_page *control;
	int monitor_link;
	pid_t root;            /* rank 0 */
	int root_pidfd;        /* -1: there are no pidfds */
	struct pollfd *pidfds; /* by rank; of rank 0 its own */
	int alive;             /* peers */
	struct sigaction chld; /* the program's own SIGCHLD */
};

static void fail(struct monitor *monitor, const char *what, int rank)
{
	monitor->control->failure =
	    (struct failure){.what = what, .number = errno, .rank = rank};
}

/* A peer's first steps. It must not outlive the monitor, even if that died
 * before the kernel was told so. */
static void become_peer(struct monitor *monitor, int rank, int socket,
                        pid_t pid, const sigset_t *mask)
{
	struct mp_world *world = monitor->world;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != pid)
		_exit(128 + SIGKILL);
	close(monitor->monitor_link);
	for (int r = 0; r < rank; r++)
		if (monitor->pidfds[r].fd >= 0)
			close(monitor->pidfds[r].fd);
	free(monitor->pidfds);
	world->rank = rank;
	world->pid = getpid();
	if (socket >= 0)
		world->transport->hooks->attach(world->transport, 0, socket);
	sigaction(SIGCHLD, &monitor->chld, NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

/* The socket between rank 0 and a peer, if data is to go through it. */
static int make_socket(struct monitor *monitor, int rank, int ends[2])
{
	ends[0] = -1;
	ends[1] = -1;
	int (*connect)(int ends[2]) = monitor->world->transport->hooks->connect;
	if (!connect || !connect(ends))
		return 0;
	fail(monitor, "socketpair", rank);
	return -1;
}

/* The monitor's end of starting a peer: rank 0 gets its end of the socket, and
 * the monitor a way to see the peer end. */
static int adopt_peer(struct monitor *monitor, int rank, pid_t pid, int socket)
{
	monitor->alive++;
	monitor->control->records[rank].pid = pid;
	if (socket >= 0 &&
	    monitor_link_send(monitor->monitor_link, rank, socket)) {
		fail(monitor, "sendmsg", rank);
		return -1;
	}
	int pidfd = pidfd_of(pid);
	monitor->pidfds[rank] = (struct pollfd){.fd = pidfd, .events = POLLIN};
	if (pidfd < 0 && errno != ENOSYS) {
		fail(monitor, "pidfd_open", rank);
		return -1;
	}
	return 0;
}

/* 1 in the peer, 0 in the monitor, -1 on failure. */
static int start_peer(struct monitor *monitor, int rank, const sigset_t *mask)
{
	const pid_t self = getpid();
	int ends[2];

	if (make_socket(monitor, rank, ends))
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		descriptor_close(&ends[0]);
		become_peer(monitor, rank, ends[1], self, mask);
		return 1;
	}
	int started = -1;
	if (pid < 0)
		fail(monitor, "fork", rank);
	else
		started = adopt_peer(monitor, rank, pid, ends[0]);
	descriptor_close(&ends[0]);
	descriptor_close(&ends[1]);
	return started;
}

static void kill_peers(struct monitor *monitor)
{
	for (int r = 1; r < monitor->world->size; r++) {
		const struct rank_record *line = &monitor->control->records[r];
		if (line->pid > 0 && !atomic_load(&line->gone))
			kill(line->pid, SIGKILL);
	}
}

/* Rank r is gone, and the process that ran its tasks with it; but not what that
 * may have started, in its process group. */
static void kill_tasks(struct monitor *monitor, int r)
{
	const int group = atomic_load(&monitor->world->stats->ranks[r].child);

	if (group > 0)
		kill(-group, SIGKILL);
}

/* How rank r ended goes into the control page. */
static void record_end(struct monitor *monitor, int r, const siginfo_t *info)
{
	struct control_page *control = monitor->control;
	struct rank_record *line = &control->records[r];
	int none = 0;

	line->signalled = info->si_code != CLD_EXITED;
	line->end = info->si_status;
	const int status = line->signalled ? 128 + line->end : line->end;

	if (status != 0 && !atomic_load(&control->aborted))
		atomic_compare_exchange_strong(&control->exit_status, &none,
		                               status);
	if (atomic_load(&line->groups) > 0) {
		const struct world_failure world_failure =
		    world_end(monitor->world, r);
		world_break(monitor->world, &world_failure);
	}
	atomic_store(&line->gone, 1);
	atomic_fetch_add(&control->gone, 1);
	monitor->alive--;
	/* Also to those who had looked around before that. */
	control_announce(control);
	kill_tasks(monitor, r);
}

/* Take in rank r's end, if it has ended; wait for it if `options` is 0. */
static void reap(struct monitor *monitor, int r, int options)
{
	siginfo_t info = {0};
	struct pollfd *pidfd = &monitor->pidfds[r];
	const pid_t pid = monitor->control->records[r].pid;

	if (pid <= 0 || atomic_load(&monitor->control->records[r].gone))
		return;
	while (waitid(P_PID, (id_t)pid, &info, WEXITED | options) < 0)
		if (errno != EINTR)
			return;
	if (info.si_pid == 0)
		return;
	record_end(monitor, r, &info);
	if (pidfd->fd >= 0)
		close(pidfd->fd);
	pidfd->fd = -1;
}

static void reap_all(struct monitor *monitor, int options)
{
	for (int r = 1; r < monitor->world->size; r++)
		reap(monitor, r, options);
}

static bool root_is_gone(const struct monitor *monitor)
{
	return getppid() != monitor->root;
}

/* Rank 0 has seen the alarm if it is in a call of ours, and leaves with the
 * exit code; if it does not, it is ended. */
static void end_aborted(struct monitor *monitor)
{
	struct pollfd root = {.fd = monitor->root_pidfd, .events = POLLIN};

	kill_peers(monitor);
	for (int waited = 0; waited < GRACE_MS && !root_is_gone(monitor);
	     waited += TICK_MS)
		if (poll(&root, 1, TICK_MS) > 0)
			break;
	if (!root_is_gone(monitor))
		kill(monitor->root, SIGKILL);
}

static void watch(struct monitor *monitor)
{
	const int size = monitor->world->size;
	bool ticking = monitor->root_pidfd < 0;

	for (int r = 1; r < size; r++)
		ticking = ticking || monitor->pidfds[r].fd < 0;
	while (monitor->alive > 0) {
		/* A negative descriptor is passed over by poll. */
		monitor->pidfds[0].fd = monitor->root_pidfd;
		monitor->pidfds[size].fd = monitor->monitor_link;
		poll(monitor->pidfds, (nfds_t)size + 1, ticking ? TICK_MS : -1);
		if (root_is_gone(monitor) || monitor->pidfds[0].revents ||
		    monitor->pidfds[size].revents) {
			kill_peers(monitor);
			kill_tasks(monitor, 0);
		}
		/* What keeps poll awake has been acted on. */
		if (monitor->pidfds[0].revents || monitor->pidfds[size].revents)
			reap_all(monitor, 0);
		else
			reap_all(monitor, WNOHANG);
		if (atomic_load(&monitor->control->aborted)) {
			end_aborted(monitor);
			reap_all(monitor, 0);
		}
	}
}

/* The monitor's own name in ps, and none of the program's descriptors. */
static void settle(struct monitor *monitor)
{
	const int size = monitor->world->size;
	int *keep = malloc(((size_t)size + 3) * sizeof(*keep));
	int count = 0;

	prctl(PR_SET_NAME, "cohort-monitor");
	if (!keep)
		return;
	/* They are in no order yet: sort by insertion, they nearly are. */
	for (int r = -3; r < size; r++) {
		int fd = r == -3   ? monitor->monitor_link
		         : r == -2 ? monitor->world->failure_event
		         : r == -1 ? monitor->root_pidfd
		                   : monitor->pidfds[r].fd;
		int at = count++;
		for (; at > 0 && keep[at - 1] > fd; at--)
			keep[at] = keep[at - 1];
		keep[at] = fd;
	}
	descriptor_close_all_but(keep, count);
	free(keep);
}

void monitor_run(struct mp_world *world, int monitor_link, const sigset_t *mask)
{
	struct monitor monitor = {
	    .world = world,
	    .control = world->control,
	    .monitor_link = monitor_link,
	    .root = getppid(),
	    .root_pidfd = -1,
	};

	monitor.pidfds =
	    calloc((size_t)world->size + 1, sizeof(*monitor.pidfds));
	if (!monitor.pidfds) {
		fail(&monitor, "calloc", 0);
		_exit(1);
	}
	for (int r = 0; r <= world->size; r++)
		monitor.pidfds[r] = (struct pollfd){.fd = -1, .events = POLLIN};
	/* A program that ignores SIGCHLD is not told how its children end; the
	 * monitor must be. */
	const struct sigaction heed = {.sa_handler = SIG_DFL};
	sigaction(SIGCHLD, &heed, &monitor.chld);
	monitor.root_pidfd = pidfd_of(monitor.root);
	bool failed = monitor.root_pidfd < 0 && errno != ENOSYS;
	if (failed)
		fail(&monitor, "pidfd_open", 0);
	for (int r = 1; r < world->size && !failed; r++) {
		int started = start_peer(&monitor, r, mask);
		if (started > 0) {
			close(monitor.root_pidfd);
			return;
		}
		failed = started < 0;
	}
	if (!failed)
		settle(&monitor);
	if (!failed && monitor_link_send(monitor_link, 0, -1)) {
		fail(&monitor, "sendmsg", 0);
		failed = true;
	}
	if (failed) {
		kill_peers(&monitor);
		reap_all(&monitor, 0);
		_exit(1);
	}
	watch(&monitor);
	_exit(0);
}
