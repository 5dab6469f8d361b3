/* Opening at the limits of the process, and how often one likes. */
#define _GNU_SOURCE
#include "hooks.h"
#include "runner.h"
#include "scenarios.h"
#include "state.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	RANKS = 6,
	NOBODY = 61234,
	TIMES = 10000,
	WARM = 200,
	MANY_DESCRIPTORS = 1024
};

static int plan; /* which of the scenario's cases */

static void set_limit(int resource, rlim_t soft)
{
	struct rlimit limit;

	getrlimit((__rlimit_resource_t)resource, &limit);
	limit.rlim_cur = soft;
	EXPECT(setrlimit((__rlimit_resource_t)resource, &limit) == 0,
	       "setrlimit: %s", strerror(errno));
}

/* Open at a limit: OK, or ESYS with one of the words. */
static void open_at_limit(const char *const words[], int number)
{
	const cohort_options options = {.backend = "mp", .size = RANKS};
	cohort *group = NULL;
	const pid_t self = getpid();
	const struct state before = state_now();
	bool named = false;

	cohort_status status = cohort_open(&options, &group);
	if (getpid() == self)
		shared->slots[0].status = (int)status;
	if (status == COHORT_OK) {
		status = cohort_barrier(group);
		EXPECT(status == COHORT_OK, "barrier: %s", cohort_error());
		cohort_close(group);
		return;
	}
	if (getpid() != self)
		_exit(0);
	for (int i = 0; words[i]; i++)
		named = named || strstr(cohort_error(), words[i]);
	EXPECT(status == COHORT_ESYS && named &&
	           strstr(cohort_error(), strerror(number)),
	       "case %d: %s: %s", plan, cohort_status_name(status),
	       cohort_error());
	state_expect_same(&before, "limit");
}

static void open_with_few_descriptors(void)
{
	static const char *const words[] = {"eventfd", "socketpair", "sendmsg",
	                                    "ulimit -n", NULL};

	/* The limit is on numbers: leave no gaps below it. state_now, after a
	 * failure, needs one itself, which `plan` has. */
	for (int fd = STDERR_FILENO + 1; fd < MANY_DESCRIPTORS; fd++)
		close(fd);
	set_limit(RLIMIT_NOFILE, (rlim_t)(STDERR_FILENO + 1 + plan));
	open_at_limit(words, EMFILE);
	_exit(0);
}

void scenario_open_descriptor_limit(void)
{
	const bool each = over_sockets();
	int failed = 0;

	hooks_reset();
	for (plan = 1; plan < 10 * RANKS; plan++) {
		EXPECT(run(open_with_few_descriptors).code == 0,
		       "limit %d: exit status", plan);
		if (shared->slots[0].status == COHORT_OK)
			break;
		failed++;
	}
	EXPECT(failed >= (each ? RANKS : 2) && plan < 10 * RANKS,
	       "%d limits failed", failed);
	figure("%d ranks need %d descriptors; %d lower limits were refused",
	       RANKS, plan, failed);
}

/* As a user of whom there is nobody else, with so many others running that
 * a fork fails at a different peer each time. */
static void open_with_few_processes(void)
{
	static const char *const words[] = {"fork", NULL};
	int ends[2];
	char byte;

	EXPECT(pipe(ends) == 0, "pipe");
	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		_exit(1);
	for (int i = 0; i < plan; i++)
		if (fork() == 0) {
			close(ends[1]);
			_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
		}
	set_limit(RLIMIT_NPROC, RANKS);
	open_at_limit(words, EAGAIN);
	_exit(0); /* which closes the pipe */
}

void scenario_open_process_limit(void)
{
	if (geteuid() != 0)
		skip("only root can become a user with no other processes");
	hooks_reset();
	/* RANKS and the monitor are one too many already. */
	for (plan = 0; plan < RANKS; plan++) {
		EXPECT(run(open_with_few_processes).code == 0,
		       "case %d: exit status", plan);
		EXPECT(shared->slots[0].status == COHORT_ESYS, "case %d: %d",
		       plan, shared->slots[0].status);
	}
}

static void open_beyond_limit(void)
{
	cohort *group = NULL;

	set_limit(RLIMIT_NPROC, 4);
	setenv("COHORT_BACKEND", "mp", 1);
	setenv("COHORT_SIZE", "5", 1);
	cohort_status status = cohort_open(NULL, &group);
	EXPECT(status == COHORT_ECONFIG &&
	           strstr(cohort_error(), "COHORT_SIZE") &&
	           strstr(cohort_error(), "5 ranks") &&
	           strstr(cohort_error(), "4 processes"),
	       "%s: %s", cohort_status_name(status), cohort_error());
	_exit(0);
}

void scenario_open_size_beyond_limit(void)
{
	EXPECT(run(open_beyond_limit).code == 0, "exit status");
}

/* Peers that are killed right after their fork, and a monitor that is. */
static void open_with_a_death(void)
{
	const cohort_options options = {.backend = "mp", .size = RANKS};
	cohort *group = NULL;
	const pid_t self = getpid();
	char words[64];
	const struct state before = state_now();

	hooks->kill_fork = plan;
	cohort_status status = cohort_open(&options, &group);
	if (getpid() != self) {
		atomic_fetch_add(&shared->strays, 1);
		_exit(0);
	}
	shared->slots[0].returned = now();
	snprintf(words, sizeof(words), "rank %d was killed by signal 9", plan);
	if (plan < 0)
		snprintf(words, sizeof(words), "was killed");
	EXPECT(status == COHORT_EPEER && strstr(cohort_error(), words),
	       "%d: %s: %s", plan, cohort_status_name(status), cohort_error());
	state_expect_same(&before, "death");
	hooks->kill_fork = 0;
	group = enter(RANKS, 0);
	status = cohort_barrier(group);
	EXPECT(status == COHORT_OK, "again: %s", cohort_error());
	cohort_close(group);
}

static void try_deaths(int sign)
{
	double slowest = 0;

	for (int k = 1; k < RANKS; k++) {
		hooks_reset();
		plan = sign * k;
		EXPECT(run(open_with_a_death).code == 0, "exit status");
		EXPECT(atomic_load(&shared->strays) == 0,
		       "a peer came back from an open that failed");
		double took = shared->slots[0].returned - shared->event;
		EXPECT_WITHIN(shared->event, shared->slots[0].returned, 0.5,
		              "open with the death %d", plan);
		slowest = took > slowest ? took : slowest;
	}
	figure("from the death to the return of open: %.1f ms at the most "
	       "(promised: 100 ms)",
	       1e3 * slowest);
}

void scenario_open_peer_killed(void)
{
	try_deaths(1);
}

void scenario_open_monitor_killed(void)
{
	try_deaths(-1);
}

static void open_and_close(const cohort_options *options, int times)
{
	cohort *group = NULL;

	for (int i = 0; i < times; i++) {
		cohort_status status = cohort_open(options, &group);
		if (!EXPECT(status == COHORT_OK, "open: %s", cohort_error()))
			exit(1);
		status = cohort_close(group);
		EXPECT(status == COHORT_OK, "close: %s", cohort_error());
	}
}

static void open_and_close_often(void)
{
	cohort_options options = {.backend = plan ? "mp" : "serial",
	                          .size = plan ? 2 : 0};

	open_and_close(&options, WARM);
	const struct state before = state_now();
	const double begin = now();
	open_and_close(&options, TIMES);
	const double took = now() - begin;
	state_expect_same(&before, "after 10,000");
	const long pages = state_now().pages - before.pages;
	EXPECT(SANITIZED || pages < 100, "%ld pages more", pages);
	figure("%s: %d times in %.2f s, %ld pages more", options.backend, TIMES,
	       took, pages);
}

void scenario_open_many_times(void)
{
	for (plan = 0; plan < 2; plan++)
		EXPECT(run(open_and_close_often).code == 0, "exit status");
}
