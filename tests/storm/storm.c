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
 * with another status than COHORT_EPEER. Times are printed, with those of the
 * machine beside them: how late a process wakes that another one wakes.
 */
#define _GNU_SOURCE
#include "attack.h"
#include "cohort.h"
#include "descendants.h"
#include "monotonic.h"
#include "outcomes.h"
#include "storm_state.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { HANG_SECONDS = 60, STRAY_SECONDS = 10 };

static const char *const call_names[] = {
#define STORM_NAME(name, words) words,
    STORM_CALL_MAP(STORM_NAME)
#undef STORM_NAME
};

static struct {
	char folder[PATH_MAX];
	char state_path[PATH_MAX + 16];
	struct storm_state *state;
	/* Of each kind of call; at index STORM_CALLS of all of them. */
	struct outcomes outcomes_of[STORM_CALLS + 1];
	struct outcomes gone; /* of rank 0's deaths: until all are gone */
	unsigned failures;
	unsigned
	    kept; /* sweeps with results, after a death in cohort_scatter */
} storm;

static void complain(const struct attack *attack, uint64_t seed,
                     const char *what)
{
	printf("FAILED: %s: rank %d of %d, signal %d, in %s of %u bytes, %s, "
	       "%d group(s)%s%s; again: 1 %llu\n",
	       what, attack->victim, attack->ranks, attack->signal,
	       call_names[attack->call], attack->bytes,
	       attack->socket ? "sockets" : "shared memory", attack->groups,
	       attack->isolated ? ", isolated" : "",
	       attack->journal ? ", journal" : "", (unsigned long long)seed);
	storm.failures++;
}

static pid_t start_target(const char *program, const struct attack *attack,
                          uint64_t seed)
{
	char ranks[16];
	char seed_text[32];
	char journal[PATH_MAX + 16];

	memset(storm.state, 0, sizeof(*storm.state));
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

	while (atomic_load(&storm.state->ready) < attack->ranks) {
		if (monotonic_ns() > end)
			return false;
		pause_us(50);
	}
	return true;
}

/* The results of a sweep are there for all ranks that live, or for none. */
static void compare_sweeps(const struct attack *attack, uint64_t seed)
{
	const struct storm_rank *first = NULL;

	for (int r = 0; r < attack->ranks; r++) {
		const struct storm_rank *rank = &storm.state->ranks[r];
		if (r == attack->victim || atomic_load(&rank->sweep) == 0)
			continue;
		if (!first)
			first = rank;
		if (atomic_load(&rank->sweep) == atomic_load(&first->sweep) &&
		    atomic_load(&rank->kept) != atomic_load(&first->kept))
			complain(attack, seed, "results on some ranks only");
	}
	storm.kept += first && atomic_load(&first->kept);
}

/* Rank 0's own end takes the others with it, whatever they do. */
static void judge_survivors(const struct attack *attack, uint64_t seed,
                            int64_t killed, struct outcomes *outcomes)
{
	for (int r = 0; r < attack->ranks; r++) {
		const struct storm_rank *rank = &storm.state->ranks[r];
		const int64_t told = atomic_load(&rank->told);
		if (atomic_load(&rank->wrong) > 0) {
			outcomes->wrong++;
			complain(attack, seed, "wrong data");
		}
		if (r == attack->victim || attack->victim == 0)
			continue;
		/* Peers end inside of a first open that fails. */
		if (told == 0 && r > 0 && attack->call == STORM_OPEN)
			continue;
		if (told == 0) {
			complain(attack, seed, "a survivor was not told");
			continue;
		}
		outcomes->survivors++;
		if (atomic_load(&rank->status) != COHORT_EPEER)
			complain(attack, seed, "another status than EPEER");
		/* A sweep ends when its work is done. */
		if (attack->call != STORM_SWEEP)
			outcomes_add_time(
			    outcomes,
			    told > killed ? 1e-9 * (double)(told - killed) : 0);
	}
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
	const struct storm_rank *ranks = storm.state->ranks;
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

static void run_attack(const char *program, uint64_t seed)
{
	struct attack attack = attack_draw(seed, 0);
	struct outcomes *outcomes = &storm.outcomes_of[attack.call];
	const pid_t started = start_target(program, &attack, seed);

	if (started < 0 || !await_ready(&attack)) {
		complain(&attack, seed, "the run did not start");
		descendants_kill();
		descendants_reap(STRAY_SECONDS);
		return;
	}
	pause_us(attack.wait_us);
	const pid_t victim = find_victim(&attack);
	const int64_t killed = monotonic_ns();
	kill(victim, attack.signal);
	outcomes->kills++;
	if (!descendants_reap(HANG_SECONDS)) {
		outcomes->hangs++;
		complain(&attack, seed, "a hang");
		descendants_kill();
		descendants_reap(STRAY_SECONDS);
	} else {
		judge_survivors(&attack, seed, killed, outcomes);
		if (attack.victim != 0)
			compare_sweeps(&attack, seed);
	}
	if (attack.victim == 0)
		outcomes_add_time(&storm.gone,
		                  1e-9 * (double)(monotonic_ns() - killed));
	if (attack.call == STORM_SWEEP && attack.journal)
		forget_journals();
}

static void print_table(void)
{
	struct outcomes *gone = &storm.gone;

	outcomes_print(storm.outcomes_of, call_names, STORM_CALLS);
	printf("%u sweeps were finished by the ranks that lived\n", storm.kept);
	printf("%zu deaths of rank 0: all gone after %.2f ms (median), %.2f "
	       "(99 %%), %.2f (worst)\n",
	       gone->count, 1e3 * outcomes_quantile(gone, 0.5),
	       1e3 * outcomes_quantile(gone, 0.99),
	       1e3 * outcomes_quantile(gone, 1));
}

static uint64_t number_from(const char *variable, const char *argument,
                            uint64_t otherwise)
{
	const char *text = getenv(variable);

	if (text && *text)
		return strtoull(text, NULL, 10);
	return argument ? strtoull(argument, NULL, 10) : otherwise;
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
	if (fd < 0 || ftruncate(fd, sizeof(*storm.state)))
		exit(2);
	storm.state = mmap(NULL, sizeof(*storm.state), PROT_READ | PROT_WRITE,
	                   MAP_SHARED, fd, 0);
	if (storm.state == MAP_FAILED)
		exit(2);
	close(fd);
}

int main(int argc, char *argv[])
{
	if (argc < 2) {
		fprintf(stderr, "usage: storm TARGET [KILLS [SEED]]\n");
		return 2;
	}
	const uint64_t kills = number_from("COHORT_TEST_STORM_KILLS",
	                                   argc > 2 ? argv[2] : NULL, 200);
	const uint64_t seed =
	    number_from("COHORT_TEST_STORM_SEED", argc > 3 ? argv[3] : NULL, 1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	make_state();
	for (uint64_t i = 0; i < kills; i++)
		run_attack(argv[1], seed + i);
	print_table();
	unlink(storm.state_path);
	rmdir(storm.folder);
	return storm.failures > 0;
}
