/* How programs end: closing, exit statuses, handlers, and what is left to be
 * written. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RANKS = 4, READY = 1, LEAVING = 2, GO = 3 };
enum { MANY_RANKS = 8, REFUSALS = 10 }; /* so that some rank is late */

static cohort *the_group; /* for what is called at exit */

static void close_again(void)
{
	cohort *group = enter(RANKS, 0);
	cohort *second = NULL;

	EXPECT(cohort_close(NULL) == COHORT_OK, "close NULL");
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
	EXPECT(cohort_close(group) == COHORT_ESTATE, "closed twice");
	EXPECT(cohort_open(NULL, &second) == COHORT_OK, "%s", cohort_error());
	EXPECT(cohort_barrier(second) == COHORT_OK, "%s", cohort_error());
	EXPECT(cohort_close(second) == COHORT_OK, "%s", cohort_error());
}

void scenario_close_twice(void)
{
	EXPECT(run(close_again).code == 0, "exit status");
}

/* By rank: exit statuses, in the order in which the ranks end. */
static const int *codes;

/* Whether a process has ended, though nobody has waited for it. */
static bool has_ended(pid_t pid)
{
	char path[64];
	char state = 'Z';

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	FILE *file = fopen(path, "re");
	if (!file)
		return true;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(file);
	return state == 'Z';
}

static void exit_in_order(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
	for (int r = 1; r < rank; r++)
		while (!has_ended(shared->slots[r].pid))
			nap(1e-3);
	if (codes[rank] >= 128)
		raise(codes[rank] - 128);
	exit(codes[rank]);
}

void scenario_exit_first_nonzero(void)
{
	static const int table[][RANKS + 1] = {
	    {0, 0, 0, 0, 0}, {0, 0, 3, 5, 3}, {0, 6, 0, 5, 6}, {0, 0, 0, 1, 1}};

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		codes = table[i];
		const int code = run(exit_in_order).code;
		EXPECT(code == codes[RANKS], "%d, not %d", code, codes[RANKS]);
	}
}

void scenario_exit_root_nonzero(void)
{
	static const int table[] = {4, 0, 3, 5};

	codes = table;
	EXPECT(run(exit_in_order).code == 4, "exit status");
}

void scenario_exit_signalled_peer(void)
{
	static const int table[] = {0, 0, 128 + SIGTERM, 5};

	codes = table;
	EXPECT(run(exit_in_order).code == 128 + SIGTERM, "exit status");
}

static void mark_leaving(void)
{
	if (the_group && cohort_rank(the_group) == 0)
		reach(0, LEAVING);
}

static void leave_late(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	the_group = group;
	atexit(mark_leaving);
	ranks_barrier(group, READY);
	if (rank == 0) {
		/* The handler wants it: it is closed by nobody. */
		exit(0);
	}
	await(RANKS, GO);
	exit(rank == 1 ? 5 : 0);
}

void scenario_exit_root_waits(void)
{
	const pid_t root = start(leave_late);
	siginfo_t info = {0};

	await(0, LEAVING);
	nap(0.2);
	EXPECT(waitid(P_PID, (id_t)root, &info, WEXITED | WNOHANG | WNOWAIT) ==
	               0 &&
	           info.si_pid == 0,
	       "rank 0 did not wait for its peers");
	const double begin = now();
	reach(RANKS, GO);
	const struct ending ending = finish();
	EXPECT(ending.code == 5, "exit status %d", ending.code);
	EXPECT_WITHIN(begin, ending.root_gone, 0.5, "%s",
	              "rank 0 waits though its peers have ended");
	figure("rank 0 ended %.1f ms after its peers could",
	       1e3 * (ending.root_gone - begin));
}

static const cohort_job *refused_job;

static int never_build(void *arg, void **state)
{
	(void)arg;
	(void)state;
	return 1;
}

static int run_nothing(cohort_task *task)
{
	(void)task;
	return 0;
}

/* As programs do that give up at the first failure. */
static void exit_when_refused(void)
{
	static const int params[MANY_RANKS];
	cohort *group = enter(MANY_RANKS, 0);
	const int rank = cohort_rank(group);

	keep(rank, cohort_scatter(group, refused_job, params, MANY_RANKS));
	exit(1);
}

static void exit_after(cohort_job job, cohort_status expected)
{
	int others = 0;

	job.execute = run_nothing;
	job.param_bytes = sizeof(int);
	refused_job = &job;
	for (int i = 0; i < REFUSALS; i++) {
		EXPECT(run(exit_when_refused).code == 1, "exit status");
		for (int r = 0; r < MANY_RANKS; r++)
			others += shared->slots[r].status != (int)expected;
	}
	EXPECT(others == 0, "%d of %d ranks were not told of %s", others,
	       REFUSALS * MANY_RANKS, cohort_status_name(expected));
}

void scenario_exit_after_refusal(void)
{
	exit_after((cohort_job){.journal = "/proc/none/journal"},
	           COHORT_EINVAL);
	exit_after((cohort_job){.build = never_build}, COHORT_EBUILD);
}

static void count_before(void)
{
	shared->slots[0].parent = getpid();
	atomic_fetch_add(&shared->strays, 1);
}

static void count_after(void)
{
	atomic_fetch_add(&shared->strays, 100);
}

static void register_handlers(void)
{
	atexit(count_before);
	cohort *group = enter(RANKS, 0);
	atexit(count_after);
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_exit_handlers(void)
{
	const pid_t root = start(register_handlers);

	EXPECT(finish().code == 0, "exit status");
	EXPECT(atomic_load(&shared->strays) == 1 + RANKS * 100,
	       "ones from before, hundreds from after the open: %d",
	       atomic_load(&shared->strays));
	EXPECT(shared->slots[0].parent == root, "not in rank 0");
}

static int output;

static void print_to_a_file(void)
{
	EXPECT(dup2(output, STDOUT_FILENO) >= 0, "dup2");
	setvbuf(stdout, NULL, _IOFBF, 65536);
	printf("before\n");
	cohort *group = enter(RANKS, 0);
	printf("rank %d\n", cohort_rank(group));
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

static int times(const char *text, const char *word)
{
	int count = 0;

	for (; (text = strstr(text, word)); text++)
		count++;
	return count;
}

void scenario_exit_stdout_once(void)
{
	char text[1000] = "";
	char word[32];

	output = memfd_create("stdout", MFD_CLOEXEC);
	EXPECT(fcntl(output, F_SETFL, O_APPEND) == 0, "fcntl");
	EXPECT(run(print_to_a_file).code == 0, "exit status");
	EXPECT(pread(output, text, sizeof(text) - 1, 0) == 7 + 7 * RANKS, "%s",
	       text);
	EXPECT(times(text, "before\n") == 1, "%s", text);
	for (int r = 0; r < RANKS; r++) {
		snprintf(word, sizeof(word), "rank %d\n", r);
		EXPECT(times(text, word) == 1, "%s", text);
	}
}
