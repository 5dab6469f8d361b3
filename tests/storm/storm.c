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
#include "board.h"
#include "cohort.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HANG_SECONDS = 60, STRAY_SECONDS = 10 };

static const char *const call_names[] = {
#define STORM_NAME(name, words) words,
    STORM_CALL_MAP(STORM_NAME)
#undef STORM_NAME
};

/* Of all attacks on one kind of call; index STORM_CALLS has all of them. */
struct outcomes {
	unsigned kills;
	unsigned survivors; /* ranks that were told */
	unsigned hangs;
	unsigned leftovers;
	unsigned wrong;
	double *times; /* seconds from the kill to each survivor's report */
	size_t count;
	size_t room;
};

static struct {
	char folder[PATH_MAX];
	char board_path[PATH_MAX + 16];
	struct storm_board *board;
	struct outcomes outcomes_of[STORM_CALLS + 1];
	struct outcomes gone; /* of rank 0's deaths: until all are gone */
	unsigned failures;
	unsigned
	    kept; /* sweeps with results, after a death in cohort_scatter */
} storm;

static int64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void pause_us(unsigned us)
{
	const struct timespec pause = {us / 1000000, us % 1000000 * 1000L};

	nanosleep(&pause, NULL);
}

static void add_time(struct outcomes *outcomes, double seconds)
{
	if (outcomes->count == outcomes->room) {
		outcomes->room = 2 * outcomes->room + 64;
		outcomes->times = realloc(
		    outcomes->times, outcomes->room * sizeof(*outcomes->times));
		if (!outcomes->times)
			exit(2);
	}
	outcomes->times[outcomes->count++] = seconds;
}

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

	memset(storm.board, 0, sizeof(*storm.board));
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
	execl(program, program, storm.board_path, seed_text, "0", journal,
	      (char *)NULL);
	_exit(127);
}

/* Take in the ends of all processes of the run, the orphans' too. False if some
 * are there still after `seconds`. */
static bool reap_all(double seconds)
{
	const int64_t end = monotonic_ns() + (int64_t)(seconds * 1e9);

	for (;;) {
		const pid_t pid = waitpid(-1, NULL, WNOHANG);
		if (pid < 0 && errno == ECHILD)
			return true;
		if (pid == 0) {
			if (monotonic_ns() > end)
				return false;
			pause_us(100);
		}
	}
}

static void kill_strays(void)
{
	char path[64];
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
	         (int)getpid());
	FILE *children = fopen(path, "re");
	while (children && fscanf(children, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	if (children)
		fclose(children);
}

/* Wait until all ranks are about to make calls; false if some rank never is. */
static bool await_ready(const struct attack *attack)
{
	const int64_t end = monotonic_ns() + HANG_SECONDS * 1000000000LL;

	while (atomic_load(&storm.board->ready) < attack->ranks) {
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
		const struct storm_rank *rank = &storm.board->ranks[r];
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
		const struct storm_rank *rank = &storm.board->ranks[r];
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
			add_time(outcomes, told > killed
			                       ? 1e-9 * (double)(told - killed)
			                       : 0);
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

/* Child number n of a process, counted from 1; 0 if there are fewer. */
static pid_t child_of(pid_t pid, int n)
{
	char path[64];
	int child = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid,
	         (int)pid);
	FILE *children = pid > 0 ? fopen(path, "re") : NULL;
	while (children && n > 0 && fscanf(children, "%d", &child) == 1)
		n--;
	if (children)
		fclose(children);
	return n > 0 ? 0 : child;
}

/* While the program opens its first group, the board does not have the peers
 * yet, but the monitor has them as children. If the victim is not there either,
 * rank 0 is the victim. */
static pid_t find_victim(struct attack *attack)
{
	const struct storm_rank *ranks = storm.board->ranks;
	pid_t victim = atomic_load(&ranks[attack->victim].pid);

	if (victim == 0)
		victim = child_of(child_of(atomic_load(&ranks[0].pid), 1),
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
		kill_strays();
		reap_all(STRAY_SECONDS);
		return;
	}
	pause_us(attack.wait_us);
	const pid_t victim = find_victim(&attack);
	const int64_t killed = monotonic_ns();
	kill(victim, attack.signal);
	outcomes->kills++;
	if (!reap_all(HANG_SECONDS)) {
		outcomes->hangs++;
		complain(&attack, seed, "a hang");
		kill_strays();
		reap_all(STRAY_SECONDS);
	} else {
		judge_survivors(&attack, seed, killed, outcomes);
		if (attack.victim != 0)
			compare_sweeps(&attack, seed);
	}
	if (attack.victim == 0)
		add_time(&storm.gone, 1e-9 * (double)(monotonic_ns() - killed));
	if (attack.call == STORM_SWEEP && attack.journal)
		forget_journals();
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(struct outcomes *outcomes, double q)
{
	if (outcomes->count == 0)
		return 0;
	qsort(outcomes->times, outcomes->count, sizeof(*outcomes->times),
	      by_value);
	return outcomes
	    ->times[(size_t)(q * (double)(outcomes->count - 1) + 0.5)];
}

static void print_row(const char *name, struct outcomes *outcomes)
{
	printf("%-16s %6u %9u %9.2f %9.2f %9.2f %6u %6u\n", name,
	       outcomes->kills, outcomes->survivors,
	       1e3 * quantile(outcomes, 0.5), 1e3 * quantile(outcomes, 0.99),
	       1e3 * quantile(outcomes, 1), outcomes->hangs, outcomes->wrong);
}

static void print_table(void)
{
	struct outcomes *sum = &storm.outcomes_of[STORM_CALLS];

	printf("\n%-16s %6s %9s %9s %9s %9s %6s %6s\n", "call", "kills",
	       "survivors", "median ms", "99 % ms", "worst ms", "hangs",
	       "wrong");
	for (int c = 0; c < STORM_CALLS; c++) {
		struct outcomes *outcomes = &storm.outcomes_of[c];
		print_row(call_names[c], outcomes);
		sum->kills += outcomes->kills;
		sum->survivors += outcomes->survivors;
		sum->hangs += outcomes->hangs;
		sum->wrong += outcomes->wrong;
		for (size_t i = 0; i < outcomes->count; i++)
			add_time(sum, outcomes->times[i]);
	}
	print_row("all", sum);
	printf("%u sweeps were finished by the ranks that lived\n", storm.kept);
	printf("%zu deaths of rank 0: all gone after %.2f ms (median), %.2f "
	       "(99 %%), %.2f (worst)\n",
	       storm.gone.count, 1e3 * quantile(&storm.gone, 0.5),
	       1e3 * quantile(&storm.gone, 0.99),
	       1e3 * quantile(&storm.gone, 1));
}

static uint64_t number_from(const char *variable, const char *argument,
                            uint64_t otherwise)
{
	const char *text = getenv(variable);

	if (text && *text)
		return strtoull(text, NULL, 10);
	return argument ? strtoull(argument, NULL, 10) : otherwise;
}

static void make_board(void)
{
	const char *folder = getenv("TMPDIR");

	snprintf(storm.folder, sizeof(storm.folder), "%s/storm-XXXXXX",
	         folder ? folder : "/tmp");
	if (!mkdtemp(storm.folder))
		exit(2);
	snprintf(storm.board_path, sizeof(storm.board_path), "%s/board",
	         storm.folder);
	const int fd =
	    open(storm.board_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(*storm.board)))
		exit(2);
	storm.board = mmap(NULL, sizeof(*storm.board), PROT_READ | PROT_WRITE,
	                   MAP_SHARED, fd, 0);
	if (storm.board == MAP_FAILED)
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
	make_board();
	for (uint64_t i = 0; i < kills; i++)
		run_attack(argv[1], seed + i);
	print_table();
	unlink(storm.board_path);
	rmdir(storm.folder);
	return storm.failures > 0;
}
