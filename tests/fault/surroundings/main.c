/*
 * Runs a small program of cohort's in surroundings that go wrong with others.
 *
 *   surroundings [NAME [SETTING [NUMBER]]]
 *   surroundings rank NAME NUMBER JOURNAL
 *
 *   NAME     a scenario of the table below; without it all of them
 *   SETTING  a way to have ranks and tasks
 *   NUMBER   the one with that number
 *
 * The second form is a rank of a launcher's (launched.sh).
 *
 * Each runs in a process of its own, with a pipe as standard error. It fails
 * if it gives wrong data, ends by a signal, does not end, or leaves a process
 * behind. Where the surroundings leave no way to go on, a status is as good.
 */
#define _GNU_SOURCE
#include "clock.h"
#include "pace.h"
#include "scenarios.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct setting {
	const char *name;
	const char *backend;
	const char *transport;
	const char *isolate;
} settings[] = {
    {"shm", "mp", "shm", "0"},
    {"socket", "mp", "socket", "0"},
    {"serial", "serial", "", "0"},
    {"shm-isolated", "mp", "shm", "1"},
    {"serial-isolated", "serial", "", "1"},
};

static const struct scenario {
	const char *name;
	enum guest_end (*run)(const char *journal, int number);
	int count;
	bool may_refuse;
	/* In a rank of a launcher's, if that is not as `run`. */
	enum guest_end (*rank)(const char *journal, int number);
} scenarios[] = {
    {"closed", run_closed, 8, false, run_closed_rank},
    {"sandbox", run_sandboxed, 0, false, run_sandboxed_rank},
    {"no-polls", run_without_polls, 2, true, NULL},
    {"no-ends", run_without_ends, 2, false, NULL},
    {"no-descriptors", run_without_descriptors, 1, false, NULL},
    {"no-descriptors-journal", run_without_descriptors, 2, true, NULL},
    {"no-bytes", run_without_bytes, 1, false, NULL},
    {"no-bytes-journal", run_without_bytes, 2, true, NULL},
    {"no-memory", run_without_memory, 2, true, NULL},
    {"no-bytes-output", run_with_output, 1, false, NULL},
    {"reader", run_reader, 6, false, NULL},
    {"streams", run_streams, 1, false, NULL},
    {"comma", run_comma, 1, false, NULL},
};

enum {
	SETTINGS = sizeof(settings) / sizeof(*settings),
	SCENARIOS = sizeof(scenarios) / sizeof(*scenarios),
	HANG_SECONDS = 60,
};

struct totals {
	int run;
	int refused;
	int failed;
};

static char folder[PATH_MAX];
static char journal[PATH_MAX + 16];

static int remove_entry(const char *path, const struct stat *about, int type,
                        struct FTW *walk)
{
	(void)about;
	(void)type;
	(void)walk;
	return remove(path);
}

static void set_environment(const struct setting *setting)
{
	setenv("COHORT_BACKEND", setting->backend, 1);
	setenv("COHORT_ISOLATE", setting->isolate, 1);
	if (!*setting->transport)
		return;
	setenv("COHORT_TRANSPORT", setting->transport, 1);
	setenv("COHORT_SIZE", "2", 1);
}

/* Wait for a child, or for `pid`; kill it if it takes too long. Returns its
 * status; -1 if it was killed, or if there is none. */
static int await(pid_t pid, double seconds)
{
	const double end = now() + seconds * pace_now();
	int status = -1;

	for (;;) {
		const pid_t got = waitpid(pid, &status, WNOHANG);
		if (got > 0)
			return status;
		if (got < 0)
			return -1;
		if (now() > end)
			break;
		nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
	}
	if (pid > 0) {
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return -1;
}

/* Processes that are left are this process's children. */
static bool left_behind(void)
{
	const double end = now() + 1.0 * pace_now();

	while (now() < end) {
		if (waitpid(-1, NULL, WNOHANG) < 0)
			return false;
		nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
	}
	return true;
}

static void show_sentences(int fd)
{
	char text[4096];
	const ssize_t got = read(fd, text, sizeof(text));

	if (got > 0)
		fwrite(text, 1, (size_t)got, stdout);
}

static void judge(const struct scenario *scenario,
                  const struct setting *setting, int number, int status, int fd,
                  struct totals *totals)
{
	const bool ended = status != -1 && WIFEXITED(status);
	const int end = ended ? WEXITSTATUS(status) : -1;
	const bool left = left_behind();

	totals->run++;
	totals->refused += end == GUEST_STATUS;
	if (!left && (end == GUEST_GOOD ||
	              (end == GUEST_STATUS && scenario->may_refuse)))
		return;
	totals->failed++;
	printf("FAILED: %s %s %d: ", scenario->name, setting->name, number);
	if (status == -1)
		printf("does not end");
	else if (!ended)
		printf("signal %d", WTERMSIG(status));
	else
		printf("exit status %d", end);
	printf("%s\n", left ? ", and processes are left" : "");
	show_sentences(fd);
}

static void run_one(const struct scenario *scenario,
                    const struct setting *setting, int number,
                    struct totals *totals)
{
	int ends[2];

	strcpy(folder, "/tmp/cohort-surroundings-XXXXXX");
	if (!mkdtemp(folder))
		exit(1);
	snprintf(journal, sizeof(journal), "%s/journal", folder);
	fflush(stdout);
	const pid_t pid = pipe2(ends, O_CLOEXEC) ? -1 : fork();
	if (pid < 0)
		exit(1);
	if (pid == 0) {
		setpgid(0, 0);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		set_environment(setting);
		exit((int)scenario->run(journal, number));
	}
	close(ends[1]);
	judge(scenario, setting, number, await(pid, HANG_SECONDS), ends[0],
	      totals);
	close(ends[0]);
	nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void run_scenario(const struct scenario *scenario, char *argv[])
{
	struct totals totals = {0};
	const int count = scenario->count ? scenario->count : sandbox_count;
	const double begin = now();

	for (int s = 0; s < SETTINGS; s++)
		for (int number = 0; number < count; number++)
			if (!argv[0] || (!strcmp(argv[0], settings[s].name) &&
			                 (!argv[1] || atoi(argv[1]) == number)))
				run_one(scenario, &settings[s], number,
				        &totals);
	printf("%-24s %4d runs, %d with a status, %d failed, %.1f s\n",
	       scenario->name, totals.run, totals.refused, totals.failed,
	       now() - begin);
	if (totals.failed)
		exit(1);
}

static int run_rank(const char *name, int number, const char *path)
{
	for (int i = 0; i < SCENARIOS; i++) {
		const struct scenario *scenario = &scenarios[i];
		if (strcmp(name, scenario->name) != 0)
			continue;
		const enum guest_end end = scenario->rank
		                               ? scenario->rank(path, number)
		                               : scenario->run(path, number);
		return end == GUEST_STATUS && scenario->may_refuse ? GUEST_GOOD
		                                                   : (int)end;
	}
	return GUEST_WRONG;
}

int main(int argc, char *argv[])
{
	const char *name = argc > 1 ? argv[1] : NULL;

	if (argc == 5 && !strcmp(name, "rank"))
		return run_rank(argv[2], atoi(argv[3]), argv[4]);
	pace_begin(NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < SCENARIOS; i++)
		if (!name || !strcmp(name, scenarios[i].name))
			run_scenario(&scenarios[i],
			             argc > 2 ? argv + 2 : argv + argc);
	return 0;
}
