/*
 * A sweep of a few thousand tasks whose processes are killed, again and again,
 * while it runs on one backend after another with one journal; in the end it
 * has the table that it has undisturbed, byte for byte.
 *
 *   chaos PROGRAM [OPENMPI'S MPIRUN [MPICH'S]]     "" for none
 *
 *   COHORT_CHAOS_SECONDS   how long (8)
 *   COHORT_CHAOS_SEED      what is drawn depends on this alone; when exactly
 *                          somebody dies is the scheduler's business too
 *   COHORT_CHAOS_TASKS     how many (3000)
 *
 * After each run nobody is left. No task that was finished is run again: more
 * are begun than there are only as there were tasks under way at each death.
 */
#define _GNU_SOURCE
#include "run.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { HANG_SECONDS = 30, ROUNDS_MOST = 12 };

/* Who is killed. */
enum victim { NOBODY, CHILDREN, ROOT, PEER, STARTED, KEEPER, VICTIMS };

static const char *const victims[] = {"nobody", "children",          "rank 0",
                                      "a peer", "the first process", "keeper"};

/* The sweep under way, from an empty journal to the table. */
struct campaign {
	int rounds;
	int begun;   /* tasks, in all rounds */
	int excused; /* those that were under way at a death */
};

static struct {
	int runs;
	int campaigns;
	int kills[VICTIMS];
	double slowest; /* until all were gone */
} totals;

static uint64_t seed;
static int failures;

static void complain(const char *what, const char *about)
{
	char command[PATH_BYTES + 32];

	printf("FAILED: %s: %s\n", about, what);
	fflush(stdout);
	snprintf(command, sizeof(command), "tail -n 40 '%s/output'",
	         place.folder);
	int ignored = system(command);
	(void)ignored;
	failures++;
}

/* Whether `pid` is a child of `parent`. */
static bool is_child(pid_t pid, pid_t parent)
{
	char name[64];
	char line[512] = "";
	int its = -1;

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	FILE *file = fopen(name, "re");
	if (!file)
		return false;
	if (fgets(line, sizeof(line), file)) {
		const char *end = strrchr(line, ')');
		if (end)
			sscanf(end, ") %*c %d", &its);
	}
	fclose(file);
	return its == parent;
}

static pid_t keeper_of(pid_t root)
{
	char name[64];
	char comm[32];
	int pid;
	pid_t found = 0;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", (int)root,
	         (int)root);
	FILE *file = fopen(name, "re");
	while (file && !found && fscanf(file, "%d", &pid) == 1) {
		snprintf(name, sizeof(name), "/proc/%d/comm", pid);
		FILE *its = fopen(name, "re");
		if (its && fgets(comm, sizeof(comm), its) &&
		    !strncmp(comm, "cohort-keeper", 13))
			found = pid;
		if (its)
			fclose(its);
	}
	if (file)
		fclose(file);
	return found;
}

/* Wait until so many tasks have been begun; false if the run ended before. */
static bool await(int begun)
{
	const double end = now() + HANG_SECONDS;
	int status;

	while (atomic_load(&place.board->begun) < begun) {
		if (run_ended(&status) || now() > end)
			return false;
		nap(1e-4);
	}
	return true;
}

/* One task's process after another, at any time. */
static int kill_children(uint64_t *state, int size)
{
	int status;
	int kills = 0;

	for (int i = 1 + (int)draw(state, 30); i > 0; i--) {
		const unsigned r = draw(state, (unsigned)size);
		nap(1e-6 * draw(state, 4000));
		if (run_ended(&status))
			break;
		const pid_t pid = atomic_load(&place.board->ranks[r].child);
		const pid_t rank = atomic_load(&place.board->ranks[r].pid);
		if (pid > 0 && pid != rank && is_child(pid, rank))
			kills += kill(pid, SIGKILL) == 0;
	}
	return kills;
}

static int kill_one(enum victim victim, pid_t started,
                    const struct setup *setup)
{
	const int last = setup->size - 1;
	pid_t pid = 0;

	switch (victim) {
	case ROOT:
		pid = atomic_load(&place.board->ranks[0].pid);
		break;
	case PEER:
		pid = atomic_load(&place.board->ranks[last].pid);
		break;
	case STARTED:
		pid = started;
		break;
	case KEEPER:
		pid = keeper_of(atomic_load(&place.board->ranks[0].pid));
		break;
	default:
		break;
	}
	return pid > 0 && kill(pid, SIGKILL) == 0;
}

static bool same_files(const char *a, const char *b)
{
	char command[2 * PATH_BYTES + 32];
	char first[PATH_BYTES];
	char second[PATH_BYTES];

	path_of(first, a);
	path_of(second, b);
	snprintf(command, sizeof(command), "cmp '%s' '%s'", first, second);
	return system(command) == 0;
}

/* Everything that belongs to a campaign. */
static void forget(void)
{
	char command[2 * PATH_BYTES + 32];

	snprintf(command, sizeof(command), "rm -rf '%s/journal' '%s/table'",
	         place.folder, place.folder);
	int ignored = system(command);
	(void)ignored;
}

static enum victim choose(uint64_t *state, const struct setup *setup,
                          int rounds)
{
	static const enum victim any[] = {CHILDREN, CHILDREN, ROOT,   PEER,
	                                  PEER,     STARTED,  KEEPER, CHILDREN};
	const enum victim victim = any[draw(state, 8)];

	if (rounds >= ROUNDS_MOST)
		return NOBODY;
	if (victim == CHILDREN && !setup->isolate)
		return ROOT;
	if (victim == KEEPER && strcmp(setup->backend, "mp") != 0)
		return STARTED;
	return victim;
}

/* True when the sweep is complete. */
static bool judge(struct campaign *campaign, const struct setup *setup,
                  enum victim victim, int status, const char *about)
{
	const bool complete = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	campaign->begun += atomic_load(&place.board->begun);
	if (victim == NOBODY || victim == CHILDREN || complete) {
		if (!complete)
			complain("it was not completed", about);
		else if (!same_files("table", "expected"))
			complain("it has another table", about);
	}
	if (campaign->begun > place.count + campaign->excused) {
		printf("%d tasks of %d were begun, %d were under way at "
		       "deaths\n",
		       campaign->begun, place.count, campaign->excused);
		complain("finished tasks were run again", about);
	}
	(void)setup;
	return complete;
}

/* One run; true when the sweep is complete. */
static bool run_round(struct campaign *campaign, uint64_t *state)
{
	char about[256];
	struct setup setup = setup_draw(state);
	const enum victim victim = choose(state, &setup, campaign->rounds);
	int status;
	double took;
	int kills = 0;

	if (*setup.backend == 's')
		setup.size = 1;
	setup_describe(&setup, about, sizeof(about) - 32);
	strcat(strcat(about, "; kills "), victims[victim]);
	/* Of what is left: so there is something left for several runs. */
	const int left = place.count - campaign->begun;
	const int threshold =
	    (int)draw(state, left > 4 ? (unsigned)left / 2 : 2);
	const pid_t started = run_start(&setup);
	if (victim == CHILDREN && await(1))
		kills = kill_children(state, setup.size);
	else if (victim != NOBODY && await(threshold + 1))
		kills = kill_one(victim, started, &setup);
	if (victim == CHILDREN || victim == NOBODY || kills == 0)
		while (!run_ended(&status) &&
		       atomic_load(&place.board->over) == 0)
			nap(1e-3);
	if (!run_finish(HANG_SECONDS, &status, &took))
		complain("processes are left", about);
	campaign->excused += victim == CHILDREN ? kills : kills * setup.size;
	totals.kills[victim] += kills;
	totals.slowest = took > totals.slowest ? took : totals.slowest;
	totals.runs++;
	campaign->rounds++;
	printf("%-60s %2d kills, %4d begun, gone after %.3f s\n", about, kills,
	       atomic_load(&place.board->begun), took);
	return judge(campaign, &setup, victim, status, about);
}

static void fight(uint64_t *state)
{
	struct campaign campaign = {0};

	forget();
	while (failures == 0 && !run_round(&campaign, state))
		if (campaign.rounds > ROUNDS_MOST + 1)
			complain("no end", "a campaign");
	totals.campaigns++;
	printf("complete after %d runs\n", campaign.rounds);
}

static void make_expected(void)
{
	const struct setup setup = {.backend = "serial",
	                            .transport = "shm",
	                            .schedule = "static",
	                            .size = 1,
	                            .nodes = 1,
	                            .table = "expected"};
	int status;
	double took;

	run_start(&setup);
	if (!run_finish(HANG_SECONDS, &status, &took) || status != 0)
		complain("it failed", "the undisturbed sweep");
}

static void make_place(int argc, char *argv[])
{
	char path[PATH_BYTES];
	const char *tasks = getenv("COHORT_CHAOS_TASKS");

	place.program = argv[1];
	for (int i = 0; i < 2 && i + 2 < argc; i++)
		place.mpirun[i] = *argv[i + 2] ? argv[i + 2] : NULL;
	place.count = tasks ? atoi(tasks) : 3000;
	snprintf(place.folder, sizeof(place.folder),
	         "/tmp/cohort-chaos-XXXXXX");
	if (!mkdtemp(place.folder) || place.count < 4)
		exit(1);
	path_of(path, "board");
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(struct board)))
		exit(1);
	place.board = mmap(NULL, sizeof(struct board), PROT_READ | PROT_WRITE,
	                   MAP_SHARED, fd, 0);
	close(fd);
	if (place.board == MAP_FAILED)
		exit(1);
}

static int remove_one(const char *path, const struct stat *info, int type,
                      struct FTW *at)
{
	(void)info;
	(void)type;
	(void)at;
	return remove(path);
}

int main(int argc, char *argv[])
{
	const char *seconds = getenv("COHORT_CHAOS_SECONDS");
	const char *wanted = getenv("COHORT_CHAOS_SEED");
	const double end = now() + (seconds ? atof(seconds) : 8);

	if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1))
		return 2;
	seed = wanted ? strtoull(wanted, NULL, 0)
	              : (uint64_t)(1e9 * now()) % 1000000007 + 1;
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	uint64_t state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	printf("COHORT_CHAOS_SEED=%llu\n", (unsigned long long)seed);
	make_place(argc, argv);
	make_expected();
	while (now() < end && failures == 0)
		fight(&state);
	if (failures == 0)
		nftw(place.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	else
		printf("see %s\n", place.folder);
	printf("figure: %d sweeps in %d runs; killed:", totals.campaigns,
	       totals.runs);
	for (int v = CHILDREN; v < VICTIMS; v++)
		printf(" %s %d,", victims[v], totals.kills[v]);
	printf(" all gone within %.2f s; seed %llu: %s\n", totals.slowest,
	       (unsigned long long)seed, failures ? "FAILED" : "passed");
	return failures > 0;
}
