/*
 * Runs a sweep of a few thousand tasks on one backend after another with one
 * journal, and kills its processes again and again. In the end the sweep has the
 * same table as an undisturbed one, byte for byte.
 *
 *   chaos PROGRAM [OPENMPI'S MPIRUN [MPICH'S]]     "" for none
 *
 *   COHORT_TEST_CHAOS_SECONDS   how long (7, or 4 without a launcher)
 *   COHORT_TEST_CHAOS_SEED      all draws depend on this alone; the moment of a death
 *                          also depends on the scheduler
 *   COHORT_TEST_CHAOS_TASKS     how many (3000)
 *
 * Some runs are asked to stop instead; they lose nothing.
 *
 * After each run no process is left. No finished task is run again: the tasks
 * begun in all runs are at most all tasks and those that were under way at deaths.
 */
#define _GNU_SOURCE
#include "run.h"
#include "victim.h"

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

/* HANG_SECONDS detects a hang, and bounds nothing. */
enum { HANG_SECONDS = 300, ROUNDS_MOST = 12 };

/* One sweep, from an empty journal to the table. */
struct campaign {
	int rounds;
	int begun;   /* number of tasks begun, in all runs */
	int excused; /* number of tasks that were under way at deaths */
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

/* Wait until so many tasks have been begun; false if the run ended before. */
static bool await(int begun)
{
	const double end = now() + HANG_SECONDS;
	int status;

	while (atomic_load(&place.shared->begun) < begun) {
		if (run_ended(&status) || now() > end)
			return false;
		nap(1e-4);
	}
	return true;
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

/* Removes the files of a campaign, and those that killed launchers leave. */
static void forget(void)
{
	char command[PATH_BYTES + 80];

	snprintf(command, sizeof(command),
	         "cd '%s' && rm -rf journal table ompi.* vader_segment.*",
	         place.folder);
	int ignored = system(command);
	(void)ignored;
}

/* One run of a campaign. */
struct round {
	struct setup setup;
	enum victim victim;
	char about[256];
	int kills;
	int left; /* tasks, when the first was killed */
	int begun;
	int status;
};

/* The process that runs the tasks of a single rank ends with it. It has gone on if
 * few tasks are left, where most of them, a tenth of a second's work, should be. */
static bool is_haunted(const struct round *round)
{
	return (round->victim == ROOT || round->victim == STARTED) &&
	       round->setup.size == 1 && !round->setup.launcher &&
	       round->kills > 0 && round->left > 1000 &&
	       place.count - round->begun < round->left / 4;
}

/* True when the sweep is complete. */
static bool judge(struct campaign *campaign, const struct round *round)
{
	const bool complete =
	    WIFEXITED(round->status) && WEXITSTATUS(round->status) == 0;

	if ((round->victim == NOBODY || round->victim == CHILDREN) && !complete)
		complain("it was not completed", round->about);
	if (round->victim == STOPPED && !complete && !round->setup.launcher &&
	    WEXITSTATUS(round->status) != 128 + SIGTERM)
		complain("it did not stop as it should", round->about);
	if (complete && !same_files("table", "expected"))
		complain("it has another table", round->about);
	if (is_haunted(round))
		complain("tasks of the dead are run", round->about);
	if (campaign->begun > place.count + campaign->excused) {
		printf("%d tasks of %d were begun, %d were under way at "
		       "deaths\n",
		       campaign->begun, place.count, campaign->excused);
		complain("finished tasks were run again", round->about);
	}
	return complete;
}

static struct round plan_round(const struct campaign *campaign, uint64_t *state)
{
	struct round round = {.setup = setup_draw(state)};
	const size_t bytes = sizeof(round.about) - 32;

	if (*round.setup.backend == 's')
		round.setup.size = 1;
	round.victim = campaign->rounds < ROUNDS_MOST
	                   ? victim_draw(state, &round.setup)
	                   : NOBODY;
	setup_describe(&round.setup, round.about, bytes);
	strcat(strcat(round.about, "; kills "), victim_names[round.victim]);
	return round;
}

static void disturb(struct round *round, uint64_t *state, pid_t started,
                    int left)
{
	/* At most half of the tasks, so that several runs have some. */
	const int begun = (int)draw(state, left > 4 ? (unsigned)left / 2 : 2);
	int status;

	if (round->victim == CHILDREN && await(1)) {
		round->kills = victim_kill_children(state, round->setup.size);
	} else if (round->victim != NOBODY && await(begun + 1)) {
		round->left = left - atomic_load(&place.shared->begun);
		round->kills =
		    round->victim == STOPPED
		        ? victim_stop(started, &round->setup, draw(state, 2))
		        : victim_kill(round->victim, started, &round->setup);
	}
	if (round->victim != CHILDREN && round->kills > 0)
		return;
	while (!run_ended(&status) && atomic_load(&place.shared->over) == 0)
		nap(1e-3);
}

/* True when the sweep is complete. */
static bool run_round(struct campaign *campaign)
{
	/* Each run has its own generator: the number of draws in a run depends
	 * on time. */
	uint64_t state = (seed << 20) + (uint64_t)totals.runs + 1;
	struct round round = plan_round(campaign, &state);
	double took;

	const pid_t started = run_start(&round.setup);
	disturb(&round, &state, started, place.count - campaign->begun);
	if (!run_finish(HANG_SECONDS, &round.status, &took))
		complain("processes are left", round.about);
	const int begun = atomic_load(&place.shared->begun);
	campaign->begun += begun;
	if (round.victim != STOPPED)
		campaign->excused +=
		    round.kills *
		    (round.victim == CHILDREN ? 1 : round.setup.size);
	campaign->rounds++;
	round.begun = campaign->begun;
	totals.kills[round.victim] += round.kills;
	totals.slowest = took > totals.slowest ? took : totals.slowest;
	totals.runs++;
	printf("%-60s %2d kills, %4d begun, gone after %.3f s\n", round.about,
	       round.kills, begun, took);
	return judge(campaign, &round);
}

static void fight(void)
{
	struct campaign campaign = {0};

	forget();
	while (failures == 0 && !run_round(&campaign))
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
	const char *tasks = getenv("COHORT_TEST_CHAOS_TASKS");

	place.program = argv[1];
	for (int i = 0; i < 2 && i + 2 < argc; i++)
		place.mpirun[i] = *argv[i + 2] ? argv[i + 2] : NULL;
	place.count = tasks ? atoi(tasks) : 3000;
	snprintf(place.folder, sizeof(place.folder),
	         "/tmp/cohort-chaos-XXXXXX");
	if (!mkdtemp(place.folder) || place.count < 4)
		exit(1);
	path_of(path, "shared");
	const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, sizeof(struct shared_state)))
		exit(1);
	place.shared = mmap(NULL, sizeof(struct shared_state),
	                    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (place.shared == MAP_FAILED)
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
	const char *seconds = getenv("COHORT_TEST_CHAOS_SECONDS");
	const char *wanted = getenv("COHORT_TEST_CHAOS_SEED");
	const double short_time = argc > 2 ? 7 : 4; /* launchers are slow */
	const double end = now() + (seconds ? atof(seconds) : short_time);

	if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1))
		return 2;
	seed = wanted ? strtoull(wanted, NULL, 0)
	              : (uint64_t)(1e9 * now()) % 1000000007 + 1;
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	printf("COHORT_TEST_CHAOS_SEED=%llu\n", (unsigned long long)seed);
	make_place(argc, argv);
	make_expected();
	while (now() < end && failures == 0)
		fight();
	if (failures == 0)
		nftw(place.folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	else
		printf("see %s\n", place.folder);
	printf("figure: %d sweeps in %d runs; killed:", totals.campaigns,
	       totals.runs);
	for (int v = CHILDREN; v < VICTIMS; v++)
		printf(" %s %d,", victim_names[v], totals.kills[v]);
	printf(" all gone within %.2f s; seed %llu: %s\n", totals.slowest,
	       (unsigned long long)seed, failures ? "FAILED" : "passed");
	return failures > 0;
}
