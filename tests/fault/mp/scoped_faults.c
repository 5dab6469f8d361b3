/* Scoped groups that end badly: afterwards the process is as before, and the next
 * open works. */
#define _GNU_SOURCE
#include "hooks.h"
#include "scenarios.h"
#include "scoped.h"
#include "state.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RANKS = 4, READY = 1, TASKS = 20, SHORT_MS = 200 };

/* What goes wrong on each rank before the close, and what it returns there. */
static const struct fault {
	const char *name;
	void (*happens)(cohort *group);
	cohort_status closes;
	const char *words; /* of the close; NULL: it has no sentence */
	double timeout;
} * fault;

/* Wait until rank r is gone, without a call of cohort's. */
static void await_end(int r)
{
	char path[64];
	char state = 'R';

	snprintf(path, sizeof(path), "/proc/%d/stat",
	         (int)shared->slots[r].pid);
	while (state != 'Z' && state != 'X') {
		FILE *file = fopen(path, "re");
		if (!file)
			return;
		if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			state = 'X';
		fclose(file);
		nap(1e-4);
	}
}

static void kill_before(cohort *group)
{
	if (cohort_rank(group) == 2)
		raise(SIGKILL);
	await_end(2);
}

static void exit_before(cohort *group)
{
	if (cohort_rank(group) == 1)
		exit(3);
	await_end(1);
}

static void leave_well_before(cohort *group)
{
	if (cohort_rank(group) == 1)
		exit(0);
}

/* The failure is reported once, by the barrier. */
static void kill_in_barrier(cohort *group)
{
	if (cohort_rank(group) == 3)
		raise(SIGKILL);
	EXPECT(cohort_barrier(group) == COHORT_EPEER, "%s", cohort_error());
}

/* Calls in which each rank waits for all others, and is told there. */
static void make_other_calls(cohort *group)
{
	int32_t number = 0;

	EXPECT((cohort_rank(group) == 1
	            ? cohort_barrier(group)
	            : cohort_allreduce(group, COHORT_IN_PLACE, &number, 1,
	                               COHORT_INT32, COHORT_SUM)) ==
	           COHORT_EMISMATCH,
	       "%s", cohort_error());
}

/* Rank 1 waits in a call that nobody else makes. */
static void close_against_barrier(cohort *group)
{
	if (cohort_rank(group) != 1)
		return;
	EXPECT(cohort_barrier(group) == COHORT_EMISMATCH, "%s", cohort_error());
}

/* A rank that computes is killed after a second. */
static void never_come(cohort *group)
{
	if (cohort_rank(group) == 1)
		for (;;)
			pause();
}

static void close_after_timeout(cohort *group)
{
	never_come(group);
	EXPECT(cohort_barrier(group) == COHORT_ETIMEOUT, "%s", cohort_error());
}

static void kill_monitor(cohort *group)
{
	if (cohort_rank(group) > 0)
		for (;;)
			pause();
	kill(shared->slots[1].parent, SIGKILL);
}

static void close_from_peer(cohort *group)
{
	if (cohort_rank(group) > 0)
		return;
	EXPECT(cohort_barrier(group) == COHORT_EMISMATCH, "%s", cohort_error());
}

static int raise_once(cohort_task *task)
{
	if (cohort_task_index(task) == 3)
		raise(SIGTERM);
	/* The others do not run all tasks before they see the stop. */
	nap(0.001);
	return 0;
}

static void stop_sweep(cohort *group)
{
	const cohort_job job = {.execute = raise_once,
	                        .schedule = COHORT_STATIC};

	EXPECT(cohort_stop_on_signals(group) == COHORT_OK, "%s",
	       cohort_error());
	EXPECT(cohort_scatter(group, &job, NULL, 1000) == COHORT_ESTOPPED, "%s",
	       cohort_error());
}

/* With the static schedule the last rank runs the last task. */
static int die_once(cohort_task *task)
{
	if (cohort_task_index(task) == TASKS - 1)
		raise(SIGKILL);
	return 0;
}

static void outlive_rank(cohort *group)
{
	cohort_job job = {.execute = die_once, .schedule = COHORT_STATIC};
	cohort_results *results;

	EXPECT(cohort_scatter(group, &job, NULL, TASKS) == COHORT_EPEER, "%s",
	       cohort_error());
	EXPECT(cohort_gather(group, &results) == COHORT_OK, "%s",
	       cohort_error());
	cohort_results_free(results);
}

/* As Ctrl-C in a notebook would do it. */
static void interrupt(cohort *group)
{
	if (cohort_rank(group) == 2)
		for (;;)
			pause();
	if (cohort_rank(group) == 0)
		cohort_interrupt(group);
	EXPECT(cohort_barrier(group) == COHORT_EINTERRUPTED, "%s",
	       cohort_error());
}

/* A rank refuses a call, and stays in step. */
static void refuse(cohort *group)
{
	EXPECT(cohort_bcast(group, NULL, 1, COHORT_INT32, 0) == COHORT_EINVAL,
	       "%s", cohort_error());
}

static const struct fault faults[] = {
    {"killed before", kill_before, COHORT_EPEER, "killed by signal 9", 0},
    {"exit(3) before", exit_before, COHORT_EPEER, "exit status 3", 0},
    {"exit(0) before", leave_well_before, COHORT_EPEER, "exit status 0", 0},
    {"killed in a barrier", kill_in_barrier, COHORT_OK, NULL, 0},
    {"mismatch", make_other_calls, COHORT_OK, NULL, 0},
    {"close against a barrier", close_against_barrier, COHORT_EMISMATCH,
     "different calls", 0},
    {"a peer closes alone", close_from_peer, COHORT_OK, NULL, 0},
    {"late for the close", never_come, COHORT_ETIMEOUT, "rank 1", 0.3},
    {"late before", close_after_timeout, COHORT_OK, NULL, 0.3},
    {"monitor", kill_monitor, COHORT_EPEER, "monitor process", 0},
    {"stopped sweep", stop_sweep, COHORT_OK, NULL, 0},
    {"sweep that outlives a rank", outlive_rank, COHORT_OK, NULL, 0},
    {"interrupted", interrupt, COHORT_OK, NULL, 0},
    {"refused call", refuse, COHORT_OK, NULL, 0},
};

enum { FAULTS = sizeof(faults) / sizeof(*faults) };

static void fail_once(void)
{
	const pid_t root = getpid();
	cohort *group = scoped_open(RANKS, fault->timeout * pace_now());
	const int rank = cohort_rank(group);

	shared->slots[rank].parent = getppid();
	ranks_barrier(group, READY);
	fault->happens(group);
	const cohort_status status = cohort_close(group);
	if (getpid() != root) {
		EXPECT(false, "%s: rank %d returned from the close",
		       fault->name, rank);
		_exit(1);
	}
	EXPECT(status == fault->closes, "%s: %s: %s", fault->name,
	       cohort_status_name(status), status ? cohort_error() : "");
	EXPECT(!fault->words || strstr(cohort_error(), fault->words), "%s: %s",
	       fault->name, cohort_error());
}

static void fail_and_go_on(void)
{
	const struct state before = state_now();
	const double begin = now();

	fail_once();
	EXPECT_WITHIN(begin, now(), 3, "%s", fault->name);
	state_expect_same(&before, fault->name);
	/* Without the monitor nobody waits for their ends. */
	for (int r = 1; r < RANKS && fault->happens != kill_monitor; r++)
		EXPECT(kill(shared->slots[r].pid, 0) != 0,
		       "%s: rank %d is left", fault->name, r);
	memset(shared->slots, 0, sizeof(shared->slots));
	scoped_expect_next(3);
	state_expect_same(&before, fault->name);
}

void scenario_scoped_faults(void)
{
	for (fault = faults; fault < faults + FAULTS; fault++) {
		const int code = run(fail_and_go_on).code;
		EXPECT(code == 0, "%s: exit status %d", fault->name, code);
	}
}

/* ---- */

/* The output of a peer goes to a pipe that is full. */
static void block_in_close(void)
{
	enum { BYTES = 1 << 20 };
	static char buffer[BYTES];
	const pid_t root = getpid();
	int ends[2];

	EXPECT(pipe2(ends, O_CLOEXEC) == 0, "pipe2");
	EXPECT(fcntl(ends[1], F_SETPIPE_SZ, 4096) == 4096, "a small pipe");
	FILE *stream = fdopen(ends[1], "w");
	EXPECT(stream && !setvbuf(stream, buffer, _IOFBF, BYTES), "a stream");
	cohort *group = scoped_open(2, 1 * pace_now());
	if (cohort_rank(group) == 1)
		for (int i = 0; i < BYTES / 2; i++)
			putc('x', stream);
	scoped_expect_close(group, root, COHORT_ETIMEOUT);
	EXPECT(strstr(cohort_error(), "was killed"), "%s", cohort_error());
	scoped_expect_next(2);
	fclose(stream);
	close(ends[0]);
}

void scenario_scoped_blocked(void)
{
	EXPECT(run(block_in_close).code == 0, "exit status");
}

/* Rank 0 leaves without a close: as without scoped. */
static void exit_without_close(void)
{
	cohort *group = scoped_open(RANKS, 0);

	ranks_barrier(group, READY);
	if (cohort_rank(group) == 0)
		exit(0);
	EXPECT(cohort_barrier(group) == COHORT_EPEER, "%s", cohort_error());
	exit(5);
}

void scenario_scoped_exit(void)
{
	EXPECT(run(exit_without_close).code == 5, "exit status");
}

/* One rank asks for a scoped group of running ranks, the others do not. */
static void mix(void)
{
	const cohort_options scoped = {.scoped = true};
	const pid_t root = getpid();
	cohort *group = scoped_open(3, 0);
	cohort *other = NULL;

	if (cohort_rank(group) == 1)
		EXPECT(cohort_open(&scoped, &other) == COHORT_ESTATE, "%s",
		       cohort_error());
	else
		EXPECT(cohort_open(NULL, &other) == COHORT_EMISMATCH &&
		           strstr(cohort_error(), "rank 1"),
		       "%s", cohort_error());
	cohort_status status = cohort_close(group);
	EXPECT(getpid() == root && status == COHORT_EMISMATCH, "%s",
	       cohort_error());
	scoped_expect_next(2);
}

void scenario_scoped_mixed(void)
{
	EXPECT(run(mix).code == 0, "exit status");
}
