#define _GNU_SOURCE
#include "peer_watch.h"

#include "common/base/process_wait.h"
#include "common/base/process_word.h"
#include "common/base/rank_states.h"
#include "common/base/time_limit.h"
#include "liveness.h"
#include "monitor_link.h"

#include <errno.h>
#include <sys/prctl.h>
#include <unistd.h>

/* How long rank 0 may take to leave by itself after an abort. */
#define ABORT_SECONDS 0.1

/* How long the monitor sleeps between two checks of rank 0. If rank 0 has
 * become another user, the kernel sends no signal for its end. */
#define SLEEP_SECONDS 1.0

/* How long nothing must happen before the monitor calls at_rest. */
#define REST_SECONDS 0.1

/* How long after a mark the monitor looks again, if it does not know what the
 * mark means. It doubles each time. */
#define UNSURE_SECONDS 1e-3

enum { NO_RANK = -1 };

struct peer_watch peer_watch_begin(struct mp_world *world, int link,
                                   struct peer_sleep_actions *program)
{
	struct peer_watch watch = {
	    .world = world,
	    .sleep =
	        peer_sleep_begin(world->control, world->size, link, program),
	    .link = link,
	    .root = world->pid,
	};

	prctl(PR_SET_PDEATHSIG, SIGCONT);
	return watch;
}

/* The search begins behind the rank that was found last: peers that are killed
 * together end in about the order in which they were forked. */
static int rank_of(struct peer_watch *watch, pid_t pid)
{
	const struct mp_world *world = watch->world;

	for (int i = 0; i < world->size; i++) {
		const int r = (watch->found + 1 + i) % world->size;
		if (r > 0 && world->pids[r] == pid)
			return watch->found = r;
	}
	return NO_RANK;
}

/* Rank r is gone: kill the process that ran its tasks, with the other processes
 * of its group. */
static void kill_tasks(const struct mp_world *world, int r)
{
	const pid_t group =
	    process_word_read(atomic_load(&world->states->ranks[r].child));

	if (group > 0)
		kill(-group, SIGKILL);
}

/* A peer that ends without a group has closed all of them, or was in the first
 * open, which is the first call. */
static bool breaks_world(const struct rank_record *record)
{
	return atomic_load(&record->groups) > 0 ||
	       atomic_load(&record->entered) == 0;
}

static void record_end(const struct peer_watch *watch, int r,
                       const siginfo_t *info)
{
	struct mp_world *world = watch->world;
	struct control_page *control = world->control;
	struct rank_record *record = &control->records[r];
	int none = 0;

	record->signalled = info->si_code != CLD_EXITED;
	record->end = info->si_status;
	const int status = record->signalled ? 128 + record->end : record->end;

	if (status != 0 && !atomic_load(&control->aborted))
		atomic_compare_exchange_strong(&control->exit_status, &none,
		                               status);
	if (!watch->ending && breaks_world(record)) {
		const struct world_failure failure = world_end(world, r);
		world_break(world, &failure);
	}
	/* Its number may be another process's from now on. Only this array,
	 * which is the monitor's own, says whom the monitor kills. */
	world->pids[r] = 0;
	atomic_store(&record->gone, 1);
	atomic_fetch_add(&control->gone, 1);
	/* Once more, for ranks that have checked before `gone` was set. If
	 * every peer has been killed, nobody needs to be told: with a thousand
	 * peers a thousand of them would be woken for each of a thousand
	 * deaths. */
	if (!watch->ending)
		control_announce(control);
	kill_tasks(world, r);
}

/* Record the ends of all peers that have ended; if `options` is 0, wait until
 * all have. Returns whether peers are left. If the system does not let the
 * monitor wait, peers may be left: they are not given up for that. */
static bool reap(struct peer_watch *watch, int options)
{
	for (;;) {
		siginfo_t info;
		if (process_wait(-1, options, &info))
			return errno != ECHILD;
		if (info.si_pid == 0)
			return true;
		const int r = rank_of(watch, info.si_pid);
		if (r != NO_RANK)
			record_end(watch, r, &info);
	}
}

/* Wait for the peers one by one. A wait for any of them would wake the monitor
 * for each end, and the kernel would then look at all that are left. Those that
 * leave no status have ended, too. */
static void reap_in_order(struct peer_watch *watch)
{
	const struct mp_world *world = watch->world;
	siginfo_t info;

	for (int r = 1; r < world->size; r++) {
		if (world->pids[r] <= 0)
			continue;
		if (!process_wait(world->pids[r], 0, &info))
			record_end(watch, r, &info);
		else if (errno == ECHILD)
			kill_tasks(world, r);
	}
}

/* A child of a process that ends gets another parent. */
static bool root_is_gone(const struct peer_watch *watch)
{
	return getppid() != watch->root;
}

/* Whether the mark on the rank's mutex may mean something that the monitor has
 * not acted on. A failed world stays as it is. */
static bool is_open_question(const struct peer_watch *watch, int r)
{
	const struct control_page *control = watch->world->control;
	const struct rank_record *record = &control->records[r];

	return liveness_is_marked(record) &&
	       (r == 0 || (control_is_whole(control) && breaks_world(record) &&
	                   !atomic_load(&record->gone)));
}

/* Break the world for peers that are ending. Returns whether rank 0 is. A mark
 * may also mean that a thread has ended, or that the process has called exec;
 * and /proc may tell a little later, or not at all. */
static bool find_endings(struct peer_watch *watch)
{
	struct mp_world *world = watch->world;
	const int marks = peer_sleep_count_marks(&watch->sleep);
	const bool is_news = marks != watch->sleep.marks;
	bool root_ends = false;
	bool unsure = false;

	watch->sleep.marks = marks;
	for (int r = 0; marks > 0 && r < world->size; r++) {
		struct liveness_ending ending;
		if (!is_open_question(watch, r))
			continue;
		if (!liveness_find_end(&world->control->records[r], &ending)) {
			unsure = true;
		} else if (r == 0) {
			root_ends = true;
		} else {
			const struct world_failure failure = world_end_as(
			    world, r, ending.signalled, ending.end);
			world_break(world, &failure);
		}
	}
	if (!unsure)
		watch->unsure = 0;
	else if (is_news || watch->unsure == 0)
		watch->unsure = UNSURE_SECONDS;
	else
		watch->unsure *= 2;
	return root_ends;
}

bool peer_watch_glance(struct peer_watch *watch)
{
	const struct timespec at_once = {0};
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGCHLD);
	if (sigtimedwait(&ends, NULL, &at_once) == SIGCHLD)
		reap(watch, WNOHANG);
	return !root_is_gone(watch);
}

void peer_watch_end(struct peer_watch *watch)
{
	const struct mp_world *world = watch->world;

	/* Kill all of them before the first is waited for: they end side by
	 * side. */
	watch->ending = true;
	atomic_store(&world->control->ending, 1);
	for (int r = 1; r < world->size; r++)
		if (world->pids[r] > 0)
			kill(world->pids[r], SIGKILL);
	/* Nobody asks how they end if rank 0 is gone. Then they leave no
	 * zombies: a thousand processes that end keep the cores from the
	 * monitor, and it would reap most of them behind the last end. Not
	 * before all are killed, so that no number is another process's. */
	if (root_is_gone(watch))
		signal(SIGCHLD, SIG_IGN);
	reap_in_order(watch);
	reap(watch, 0);
}

/* Rank 0 learns of the abort in its next call of cohort's, or while it waits
 * for its peers at exit, and leaves with the exit code. */
static void end_root(const struct peer_watch *watch)
{
	struct time_limit limit = time_limit_in(ABORT_SECONDS);

	while (!root_is_gone(watch)) {
		const double left = time_limit_left(&limit);
		if (left <= 0) {
			kill(watch->root, SIGKILL);
			return;
		}
		peer_sleep_for_signal(&watch->sleep, left);
	}
}

/* Whether marks are looked at again sooner than that. */
static bool is_unsure(const struct peer_watch *watch, double seconds)
{
	return watch->unsure > 0 && watch->unsure < seconds;
}

/* How long the monitor sleeps if nothing happens. */
static double sleep_seconds(const struct peer_watch *watch)
{
	const double most = watch->at_rest ? REST_SECONDS : SLEEP_SECONDS;

	return is_unsure(watch, most) ? watch->unsure : most;
}

/* Whether rank 0 has closed its end, though it lives and has a group. When a
 * process ends, its mutex is marked before its descriptors are closed. */
static bool link_is_lost(const struct peer_watch *watch)
{
	const struct rank_record *root = &watch->world->control->records[0];

	return liveness_can_mark(root) && !atomic_load(&root->gone) &&
	       atomic_load(&root->groups) > 0;
}

/* Whether it is cut. The peers are killed then, and rank 0 may be there to be
 * told why. */
static bool check_link(const struct peer_watch *watch)
{
	static const struct world_failure failure = {
	    .reason = WORLD_FAILURE_UNLINKED};

	if (!monitor_link_is_cut(watch->link))
		return false;
	if (link_is_lost(watch))
		control_break(watch->world->control, &failure);
	return true;
}

void peer_watch_run(struct peer_watch *watch)
{
	struct mp_world *world = watch->world;

	peer_sleep_own_link(&watch->sleep);
	while (reap(watch, WNOHANG)) {
		const bool aborted = atomic_load(&world->control->aborted) != 0;
		if (aborted || root_is_gone(watch) || check_link(watch) ||
		    find_endings(watch)) {
			peer_watch_end(watch);
			if (aborted)
				end_root(watch);
			kill_tasks(world, 0);
			return;
		}
		const bool quiet =
		    peer_sleep_most(&watch->sleep, sleep_seconds(watch));
		if (quiet && watch->at_rest &&
		    !is_unsure(watch, REST_SECONDS)) {
			watch->at_rest(world);
			watch->at_rest = NULL;
		}
	}
}
