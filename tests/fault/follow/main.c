/*
 * A reader follows a journal through several runs of a sweep, which are killed
 * at random moments or run out of room. Whatever happens it gets each task that
 * was finished, as the task wrote it, in the order of each rank; and no error.
 */
#define _GNU_SOURCE
#include "disk.h"
#include "runs.h"
#include "sweep.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES = 4096, KILLS = 8, RUNS = 60, LEAST_ROOM = 6000 };

/* What the reader has been given. */
static struct {
	unsigned char have[SWEEP_TASKS];
	int results;
	int failed;
	int again; /* results of tasks that it had */
	/* Of each process, how many of its tasks. */
	struct {
		int64_t process;
		uint64_t next;
	} seen[PROCESSES];
	int processes;
	int64_t last; /* process that was seen last */
	int wrong;
} given;

static char folder[64];
static char journal[80];
static cohort_journal *reader;

static bool wrong(const char *format, unsigned long long a,
                  unsigned long long b)
{
	fprintf(stderr, format, a, b);
	given.wrong++;
	return false;
}

/* A process's tasks come in the order in which it ran them, none is left out. A
 * child of an isolated sweep may be killed before its rank knows of its last
 * one, which is then dropped. */
static void check_order(const struct swept *swept)
{
	int i = given.processes;

	while (--i >= 0 && given.seen[i].process != swept->process)
		;
	if (i < 0) {
		i = given.processes++;
		if (i == PROCESSES)
			exit(wrong("%llu processes%.0llu\n", PROCESSES, 0) + 1);
		given.seen[i].process = swept->process;
		given.seen[i].next = 0;
	}
	if (swept->number != given.seen[i].next)
		wrong("task %llu of a process comes after %llu tasks\n",
		      swept->number, given.seen[i].next);
	given.seen[i].next = swept->number + 1;
	given.last = swept->process;
}

static void take(const cohort_result *result)
{
	struct swept swept;

	if (result->index >= SWEEP_TASKS || !sweep_matches(result, &swept)) {
		wrong("result %llu is not what the task wrote (%llu bytes)\n",
		      result->index, result->bytes);
		return;
	}
	given.results++;
	given.again += given.have[result->index];
	given.have[result->index] = 1;
	if (result->status == COHORT_OK)
		check_order(&swept);
	else
		given.failed++;
}

/* Read on to the present end. */
static void read_on(void)
{
	cohort_result result;
	bool end = false;

	if (!reader && cohort_journal_open(journal, &reader) != COHORT_OK) {
		if (strstr(cohort_error(), "there is no journal"))
			return; /* yet */
		fprintf(stderr, "%s\n", cohort_error());
		given.wrong++;
		return;
	}
	while (!end) {
		cohort_status status =
		    cohort_journal_next(reader, &result, &end);
		if (status != COHORT_OK) {
			fprintf(stderr, "%s: %s\n", cohort_status_name(status),
			        cohort_error());
			given.wrong++;
			return;
		}
		if (!end)
			take(&result);
	}
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* What is killed in a run, and how many results come between two kills, at
 * most. */
struct kills {
	enum { KILL_NOBODY, KILL_RUN, KILL_PROCESS } whom;
	int every;
};

/* One run, while which the reader reads. Returns the exit status. */
static int follow_run(bool isolate, long limit, struct kills kills)
{
	const pid_t run = run_start(journal, isolate, limit);
	const struct timespec moment = {0, 200000};
	int at = given.results + 1 + rand() % kills.every;
	int status;

	given.last = 0;
	while (!run_ended(run, &status) && !given.wrong) {
		read_on();
		if (kills.whom != KILL_NOBODY && given.results >= at &&
		    given.last > 0) {
			kill(kills.whom == KILL_RUN ? run : (pid_t)given.last,
			     SIGKILL);
			given.last = 0;
			at = given.results + 1 + rand() % kills.every;
		}
		nanosleep(&moment, NULL);
	}
	read_on();
	return status;
}

/* Runs that are killed, then one with a process that is killed, or many if they
 * are children of ranks. At last one that completes the sweep. */
static void follow_killed(bool isolate)
{
	const int every = SWEEP_TASKS / KILLS;
	int status = 2;

	srand((unsigned)getpid());
	for (int n = 0; n < RUNS && status != 0 && !given.wrong; n++) {
		struct kills kills = {KILL_NOBODY, every};
		if (n < KILLS / 2)
			kills = (struct kills){KILL_RUN, every};
		else if (n == KILLS / 2)
			kills = (struct kills){
			    KILL_PROCESS, isolate ? every / 4 : SWEEP_TASKS};
		status = follow_run(isolate, 0, kills);
	}
	if (status != 0)
		wrong("the last run ends with %llu%.0llu\n",
		      (unsigned long long)status, 0);
}

/* The disk is full: a record is written in part, and the journal goes on in the
 * files of the next run. */
static void follow_full(bool mounts, bool isolate)
{
	/* A launcher takes its time. */
	const int fills = getenv("LAUNCHER") ? KILLS / 2 : KILLS;
	int status = 2;

	if (mounts && !disk_mount(folder))
		printf("nothing can be mounted here: files may not grow\n");
	for (int n = 0; n < RUNS && status != 0 && !given.wrong; n++) {
		const long most = LEAST_ROOM + (long)n * n * 997 + (long)n * 61;
		const long room = n < fills ? most : 0;
		status = follow_run(isolate, disk_leave(room) ? 0 : room,
		                    (struct kills){KILL_NOBODY, 1});
		if (n < 3 && status != 2)
			wrong("there was room enough (%llu bytes): %llu\n",
			      (unsigned long long)room,
			      (unsigned long long)status);
	}
	if (status != 0)
		wrong("the last run ends with %llu%.0llu\n",
		      (unsigned long long)status, 0);
}

static int remove_one(const char *path, const struct stat *about, int type,
                      struct FTW *walk)
{
	(void)about;
	(void)type;
	(void)walk;
	return remove(path);
}

static void check_all(const char *scenario)
{
	int missing = 0;

	for (int i = 0; i < SWEEP_TASKS; i++)
		missing += !given.have[i];
	if (missing)
		wrong("%llu tasks were not given%.0llu\n",
		      (unsigned long long)missing, 0);
	printf("%s: %d results by %d processes, %d of failed tasks, %d of "
	       "tasks that it had: %s\n",
	       scenario, given.results, given.processes, given.failed,
	       given.again, given.wrong ? "FAILED" : "passed");
}

int main(int argc, char *argv[])
{
	const double begin = now();

	if (argc == 5 && !strcmp(argv[1], "sweep"))
		return sweep(argv[2], !strcmp(argv[3], "isolate"),
		             atol(argv[4]));
	if (argc != 2) {
		fprintf(stderr,
		        "usage: %s killed|isolated|full|limited|"
		        "isolated_full\n",
		        argv[0]);
		return 2;
	}
	const char *base = getenv("TMPDIR");
	snprintf(folder, sizeof(folder), "%.40s/follow-XXXXXX",
	         base ? base : "/tmp");
	if (!mkdtemp(folder)) {
		fprintf(stderr, "mkdtemp %s: %s\n", folder, strerror(errno));
		return 99;
	}
	snprintf(journal, sizeof(journal), "%s/journal", folder);
	const bool isolated_full = !strcmp(argv[1], "isolated_full");
	const bool full = !strcmp(argv[1], "full") || isolated_full;
	if (full || !strcmp(argv[1], "limited"))
		follow_full(full, isolated_full);
	else
		follow_killed(!strcmp(argv[1], "isolated"));
	check_all(argv[1]);
	printf("%.2f s\n", now() - begin);
	cohort_journal_close(reader);
	disk_unmount();
	if (!given.wrong)
		nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return given.wrong ? 1 : 0;
}
