/*
 * Kill ranks at random, again and again, and check what the others learn, and
 * when. Each run starts a program (target.c) with 2 to 8 ranks, kills one of
 * them from outside while they make calls of one kind, or while the first group
 * is opened, and waits until every process of the run is gone. An open has up to
 * 16 ranks.
 *
 *	storm TARGET [KILLS [SEED]]
 *
 * The environment overrules: COHORT_TEST_STORM_KILLS, COHORT_TEST_STORM_SEED.
 * With COHORT_TEST_STORM_SWEEPS only sweeps are attacked, and never rank 0: the
 * other ranks finish the sweep, and no result may be lost. The seed alone decides
 * which rank is killed, in which call and how. The scheduler also decides when
 * exactly. `storm TARGET 1 SEED+NUMBER` repeats one run.
 *
 * Fails on: a hang, a process that is left, wrong data, a survivor in a call
 * with another status than COHORT_EPEER, or one that is told so late that the machine
 * does not explain it (below).
 *
 * Times are printed. They go from the kill to the return of the survivor's call
 * with COHORT_EPEER. A sweep goes on without the dead rank, so what its user waits
 * for in vain is the time in which nothing is left to be done: from the kill, or
 * from the end of the last task if that is later, to the return of cohort_scatter.
 * Rank 0 sometimes waits half a second before a task becomes a failed result
 * (cohort.h); that is no such time. As long as there are tasks, no survivor may
 * pause: the second time of a sweep goes from the kill to the next task that the
 * survivor begins.
 *
 * "late" counts the times above 100 ms, multiplied with the machine's slowdown
 * just then (pace.h). Those attacks are printed. The machine explains one if an idle
 * thread of this program woke so late at that moment, the ranks waited so long for
 * their turns on the cores, or the disk took so long (watcher.h, turns.h) that the
 * steps from the kill to the report may have taken that time.
 */
#define _GNU_SOURCE
#include "asked_number.h"
#include "clock.h"
#include "cohort.h"
#include "descendants.h"
#include "judge.h"
#include "monotonic.h"
#include "pace.h"
#include "watcher.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HANG_SECONDS = 60, STRAY_SECONDS = 10 };

static struct {
	char folder[PATH_MAX];
	char state_path[PATH_MAX + 16];
	double began;
} storm;

static pid_t start_target(const char *program, const struct attack *attack,
                          uint64_t seed)
{
	char ranks[16];
	char seed_text[32];
	char journal[PATH_MAX + 16];

	memset(judge.state, 0, sizeof(*judge.state));
	snprintf(ranks, sizeof(ranks), "%d", attack->ranks);
	snprintf(seed_text, sizeof(seed_text), "%llu",
	         (unsigned long long)seed);
	snprintf(journal, sizeof(journal), "%s/journal", storm.folder);
	fflush(stdout);
	const pid_t pid = fork();
	if (pid != 0)
		return pid;
	setsid();
	setenv("COHORT_BACKEND", "mp", 1);
	setenv("COHORT_SIZE", ranks, 1);
	setenv("COHORT_TRANSPORT", attack->socket ? "socket" : "shm", 1);
	execl(program, program, storm.state_path, seed_text, "0", journal,
	      (char *)NULL);
	_exit(127);
}

/* Wait until all ranks are about to make calls; false if some rank never is. */
static bool await_ready(const struct attack *attack)
{
	const int64_t end = monotonic_ns() + HANG_SECONDS * 1000000000LL;

	while (atomic_load(&judge.state->ready) < attack->ranks) {
		if (monotonic_ns() > end)
			return false;
		pause_us(50);
	}
	return true;
}

static void forget_journals(void)
{
	char command[PATH_MAX + 32];

	snprintf(command, sizeof(command), "rm -rf '%s'/journal-*",
	         storm.folder);
	if (system(command) != 0)
		exit(2);
}

/* While the program opens its first group, the shared state does not have the peers
 * yet, but the monitor has them as children. If the victim is not there either,
 * rank 0 is the victim. */
static pid_t find_victim(struct attack *attack)
{
	const struct storm_rank *ranks = judge.state->ranks;
	pid_t victim = atomic_load(&ranks[attack->victim].pid);

	if (victim == 0)
		victim = descendants_child(
		    descendants_child(atomic_load(&ranks[0].pid), 1),
		    attack->victim);
	if (victim > 0)
		return victim;
	attack->victim = 0;
	return atomic_load(&ranks[0].pid);
}

/* False if processes are left, which are then killed. */
static bool await_end(const struct attack *attack, uint64_t seed, pid_t started,
                      struct outcomes *outcomes)
{
	int status;

	if (!descendants_await(started, HANG_SECONDS * pace_now(), &status)) {
		outcomes->hangs++;
		judge_complain(attack, seed, "a hang");
	} else if (descendants_reap(STRAY_SECONDS * pace_now())) {
		return true;
	} else {
		outcomes->left++;
		judge_complain(attack, seed, "processes are left");
	}
	descendants_kill();
	descendants_reap(STRAY_SECONDS);
	return false;
}

static void run_attack(const char *program, uint64_t seed)
{
	struct attack attack = attack_draw(seed, 0);
	const pid_t started = start_target(program, &attack, seed);

	if (started < 0 || !await_ready(&attack)) {
		judge_complain(&attack, seed, "the run did not start");
		descendants_kill();
		descendants_reap(STRAY_SECONDS);
		return;
	}
	pause_us(attack.wait_us);
	const pid_t victim = find_victim(&attack);
	judge_note_turns();
	const int64_t killed = monotonic_ns();
	atomic_store(&judge.state->killed, killed);
	kill(victim, attack.signal);
	struct outcomes *outcomes = &judge.outcomes_of[attack.call];
	outcomes->kills++;
	if (await_end(&attack, seed, started, outcomes))
		judge_attack(&attack, seed, monotonic_ns());
	if (attack.call == STORM_SWEEP && attack.journal)
		forget_journals();
}

static void print_line(const char *what, struct outcomes *outcomes)
{
	printf("%s: %.2f ms (median), %.2f (99 %%), %.2f (worst); %zu times, "
	       "%u late\n",
	       what, 1e3 * outcomes_quantile(outcomes, 0.5),
	       1e3 * outcomes_quantile(outcomes, 0.99),
	       1e3 * outcomes_quantile(outcomes, 1), outcomes->count,
	       outcomes->late);
}

static void print_table(void)
{
	outcomes_print("call", judge.outcomes_of, judge_calls, STORM_CALLS);
	printf("%u sweeps were finished by the ranks that lived; rank 0 waited "
	       "in %u\n",
	       judge.kept, judge.waited);
	print_line("the survivors of a sweep began their next task after",
	           &judge.went_on);
	print_line("after a death of rank 0 all were gone after", &judge.gone);
	printf("the machine's slowdown: %.1f\n",
	       pace_slowdown(storm.began, now()));
}

static void make_state(void)
{
	const char *folder = getenv("TMPDIR");

	snprintf(storm.folder, sizeof(storm.folder), "%s/storm-XXXXXX",
	         folder ? folder : "/tmp");
	if (!mkdtemp(storm.folder))
		exit(2);
	snprintf(storm.state_path, sizeof(storm.state_path), "%s/state",
	         storm.folder);
	const int fd =
	    open(storm.state_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(*judge.state)))
		exit(2);
	judge.state = mmap(NULL, sizeof(*judge.state), PROT_READ | PROT_WRITE,
	                   MAP_SHARED, fd, 0);
	if (judge.state == MAP_FAILED)
		exit(2);
	close(fd);
}

int main(int argc, char *argv[])
{
	if (argc < 2) {
		fprintf(stderr, "usage: storm TARGET [KILLS [SEED]]\n");
		return 2;
	}
	const uint64_t kills = asked_number("COHORT_TEST_STORM_KILLS",
	                                    argc > 2 ? argv[2] : NULL, 200);
	const uint64_t seed = asked_number("COHORT_TEST_STORM_SEED",
	                                   argc > 3 ? argv[3] : NULL, 1);
	descendants_adopt();
	make_state();
	pace_begin(NULL);
	watcher_begin(storm.folder);
	storm.began = now();
	for (uint64_t i = 0; i < kills; i++)
		run_attack(argv[1], seed + i);
	print_table();
	unlink(storm.state_path);
	rmdir(storm.folder);
	return judge.failures > 0;
}
