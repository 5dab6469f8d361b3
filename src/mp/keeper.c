#define _GNU_SOURCE
#include "keeper.h"

#include "common/board.h"
#include "common/pidfd.h"
#include "leash.h"
#include "sys.h"

#include <errno.h>
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

struct keeper {
	struct mp_world *world;
	struct control *control;
	int leash;
	pid_t root;            /* rank 0 */
	int root_pidfd;        /* -1: there are no pidfds */
	struct pollfd *pidfds; /* by rank; of rank 0 its own */
	int alive;             /* peers */
	struct sigaction chld; /* the program's own SIGCHLD */
};

static void fail(struct keeper *keeper, const char *what, int rank)
{
	keeper->control->failure =
	    (struct failure){.what = what, .number = errno, .rank = rank};
}

/* A peer's first steps. It must not outlive the keeper, even if that died
 * before the kernel was told so. */
static void become_peer(struct keeper *keeper, int rank, int socket, pid_t pid,
                        const sigset_t *mask)
{
	struct mp_world *world = keeper->world;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != pid)
		_exit(128 + SIGKILL);
	close(keeper->leash);
	for (int r = 0; r < rank; r++)
		if (keeper->pidfds[r].fd >= 0)
			close(keeper->pidfds[r].fd);
	free(keeper->pidfds);
	world->rank = rank;
	world->pid = getpid();
	world->sockets[0] = socket;
	sigaction(SIGCHLD, &keeper->chld, NULL);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

/* The socket between rank 0 and a peer, if data is to go through it. */
static int make_socket(struct keeper *keeper, int rank, int ends[2])
{
	ends[0] = -1;
	ends[1] = -1;
	if (keeper->world->transport != TRANSPORT_SOCKET ||
	    !socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return 0;
	fail(keeper, "socketpair", rank);
	return -1;
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* The keeper's end of starting a peer: rank 0 gets its end of the socket, and
 * the keeper a way to see the peer end. */
static int adopt_peer(struct keeper *keeper, int rank, pid_t pid, int socket)
{
	keeper->alive++;
	keeper->control->lines[rank].pid = pid;
	if (socket >= 0 && leash_send(keeper->leash, rank, socket)) {
		fail(keeper, "sendmsg", rank);
		return -1;
	}
	int pidfd = pidfd_of(pid);
	keeper->pidfds[rank] = (struct pollfd){.fd = pidfd, .events = POLLIN};
	if (pidfd < 0 && errno != ENOSYS) {
		fail(keeper, "pidfd_open", rank);
		return -1;
	}
	return 0;
}

/* 1 in the peer, 0 in the keeper, -1 on failure. */
static int start_peer(struct keeper *keeper, int rank, const sigset_t *mask)
{
	const pid_t self = getpid();
	int ends[2];

	if (make_socket(keeper, rank, ends))
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		close_if_open(ends[0]);
		become_peer(keeper, rank, ends[1], self, mask);
		return 1;
	}
	int started = -1;
	if (pid < 0)
		fail(keeper, "fork", rank);
	else
		started = adopt_peer(keeper, rank, pid, ends[0]);
	close_if_open(ends[0]);
	close_if_open(ends[1]);
	return started;
}

static void kill_peers(struct keeper *keeper)
{
	for (int r = 1; r < keeper->world->size; r++) {
		const struct line *line = &keeper->control->lines[r];
		if (line->pid > 0 && !atomic_load(&line->gone))
			kill(line->pid, SIGKILL);
	}
}

/* Rank r is gone, and the process that ran its tasks with it; but not what that
 * may have started, in its process group. */
static void kill_tasks(struct keeper *keeper, int r)
{
	const int group = atomic_load(&keeper->world->board->tallies[r].child);

	if (group > 0)
		kill(-group, SIGKILL);
}

/* How rank r ended goes into the control page. */
static void record_end(struct keeper *keeper, int r, const siginfo_t *info)
{
	struct control *control = keeper->control;
	struct line *line = &control->lines[r];
	int none = 0;

	line->signalled = info->si_code != CLD_EXITED;
	line->end = info->si_status;
	const int status = line->signalled ? 128 + line->end : line->end;

	if (status != 0 && !atomic_load(&control->aborted))
		atomic_compare_exchange_strong(&control->exit_status, &none,
		                               status);
	if (atomic_load(&line->groups) > 0) {
		const struct breakage breakage = world_end(keeper->world, r);
		world_break(keeper->world, &breakage);
	}
	atomic_store(&line->gone, 1);
	atomic_fetch_add(&control->gone, 1);
	keeper->alive--;
	/* Also to those who had looked around before that. */
	control_announce(control);
	kill_tasks(keeper, r);
}

/* Take in rank r's end, if it has ended; wait for it if `options` is 0. */
static void reap(struct keeper *keeper, int r, int options)
{
	siginfo_t info = {0};
	struct pollfd *pidfd = &keeper->pidfds[r];
	const pid_t pid = keeper->control->lines[r].pid;

	if (pid <= 0 || atomic_load(&keeper->control->lines[r].gone))
		return;
	while (waitid(P_PID, (id_t)pid, &info, WEXITED | options) < 0)
		if (errno != EINTR)
			return;
	if (info.si_pid == 0)
		return;
	record_end(keeper, r, &info);
	if (pidfd->fd >= 0)
		close(pidfd->fd);
	pidfd->fd = -1;
}

static void reap_all(struct keeper *keeper, int options)
{
	for (int r = 1; r < keeper->world->size; r++)
		reap(keeper, r, options);
}

static bool root_is_gone(const struct keeper *keeper)
{
	return getppid() != keeper->root;
}

/* Rank 0 has seen the alarm if it is in a call of ours, and leaves with the
 * exit code; if it does not, it is ended. */
static void end_aborted(struct keeper *keeper)
{
	struct pollfd root = {.fd = keeper->root_pidfd, .events = POLLIN};

	kill_peers(keeper);
	for (int waited = 0; waited < GRACE_MS && !root_is_gone(keeper);
	     waited += TICK_MS)
		if (poll(&root, 1, TICK_MS) > 0)
			break;
	if (!root_is_gone(keeper))
		kill(keeper->root, SIGKILL);
}

static void watch(struct keeper *keeper)
{
	const int size = keeper->world->size;
	bool ticking = keeper->root_pidfd < 0;

	for (int r = 1; r < size; r++)
		ticking = ticking || keeper->pidfds[r].fd < 0;
	while (keeper->alive > 0) {
		/* A negative descriptor is passed over by poll. */
		keeper->pidfds[0].fd = keeper->root_pidfd;
		keeper->pidfds[size].fd = keeper->leash;
		poll(keeper->pidfds, (nfds_t)size + 1, ticking ? TICK_MS : -1);
		if (root_is_gone(keeper) || keeper->pidfds[0].revents ||
		    keeper->pidfds[size].revents) {
			kill_peers(keeper);
			kill_tasks(keeper, 0);
		}
		/* What keeps poll awake has been acted on. */
		if (keeper->pidfds[0].revents || keeper->pidfds[size].revents)
			reap_all(keeper, 0);
		else
			reap_all(keeper, WNOHANG);
		if (atomic_load(&keeper->control->aborted)) {
			end_aborted(keeper);
			reap_all(keeper, 0);
		}
	}
}

/* The keeper's own name in ps, and none of the program's descriptors. */
static void settle(struct keeper *keeper)
{
	const int size = keeper->world->size;
	int *keep = malloc(((size_t)size + 3) * sizeof(*keep));
	int count = 0;

	prctl(PR_SET_NAME, "cohort-keeper");
	if (!keep)
		return;
	/* They are in no order yet: sort by insertion, they nearly are. */
	for (int r = -3; r < size; r++) {
		int fd = r == -3   ? keeper->leash
		         : r == -2 ? keeper->world->alarm
		         : r == -1 ? keeper->root_pidfd
		                   : keeper->pidfds[r].fd;
		int at = count++;
		for (; at > 0 && keep[at - 1] > fd; at--)
			keep[at] = keep[at - 1];
		keep[at] = fd;
	}
	sys_close_all_but(keep, count);
	free(keep);
}

void keeper_run(struct mp_world *world, int leash, const sigset_t *mask)
{
	struct keeper keeper = {
	    .world = world,
	    .control = world->control,
	    .leash = leash,
	    .root = getppid(),
	    .root_pidfd = -1,
	};

	keeper.pidfds = calloc((size_t)world->size + 1, sizeof(*keeper.pidfds));
	if (!keeper.pidfds) {
		fail(&keeper, "calloc", 0);
		_exit(1);
	}
	for (int r = 0; r <= world->size; r++)
		keeper.pidfds[r] = (struct pollfd){.fd = -1, .events = POLLIN};
	/* A program that ignores SIGCHLD is not told how its children end; the
	 * keeper must be. */
	const struct sigaction heed = {.sa_handler = SIG_DFL};
	sigaction(SIGCHLD, &heed, &keeper.chld);
	keeper.root_pidfd = pidfd_of(keeper.root);
	bool failed = keeper.root_pidfd < 0 && errno != ENOSYS;
	if (failed)
		fail(&keeper, "pidfd_open", 0);
	for (int r = 1; r < world->size && !failed; r++) {
		int started = start_peer(&keeper, r, mask);
		if (started > 0) {
			close(keeper.root_pidfd);
			return;
		}
		failed = started < 0;
	}
	if (!failed)
		settle(&keeper);
	if (!failed && leash_send(leash, 0, -1)) {
		fail(&keeper, "sendmsg", 0);
		failed = true;
	}
	if (failed) {
		kill_peers(&keeper);
		reap_all(&keeper, 0);
		_exit(1);
	}
	watch(&keeper);
	_exit(0);
}
