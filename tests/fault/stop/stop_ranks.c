/*
 * A sweep that is stopped by signals, from cases.sh or from the program itself.
 *
 *   stop_ranks CASE FOLDER
 *
 * The first tasks end at once. Each later task writes the number of its process to
 * a file in the folder, and ends when a signal has come. Every rank checks its
 * results and prints failures. The exit status is 128 + the signal if all is
 * right. With STOP_STATUS it is 0, since a launcher of MPI jobs may kill all ranks
 * when one has another status.
 */
#define _GNU_SOURCE
#include "clock.h"
#include "cohort.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* PATIENCE_S detects a hang, and bounds nothing. */
enum { FAST = 10, TASKS = 1000, PATIENCE_S = 120, WRONG = 99 };

static const char *folder;
static cohort *group;
static int wrongs;

static void wrong(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
static void wrong(const char *format, ...)
{
	va_list args;

	wrongs++;
	fprintf(stderr, "WRONG: rank %d: ", cohort_rank(group));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (%s)\n", cohort_error());
}

#define EXPECT(holds)                                           \
	do {                                                    \
		if (!(holds))                                   \
			wrong("line %d: %s", __LINE__, #holds); \
	} while (0)

/* A file "WORD.RANK" with the number in it, all at once. */
static void leave_word(const char *word, long number)
{
	char done[512];
	char path[sizeof(done) + 4];

	snprintf(done, sizeof(done), "%s/%s.%d", folder, word,
	         cohort_rank(group));
	snprintf(path, sizeof(path), "%s.new", done);
	FILE *file = fopen(path, "w");
	if (!file)
		abort();
	fprintf(file, "%ld\n", number);
	fclose(file);
	rename(path, done);
}

static int await_stop(void)
{
	const double end = now() + PATIENCE_S;

	while (!cohort_stop_signal(group) && now() < end)
		nap(1e-3);
	return cohort_stop_signal(group);
}

static int finish_task(cohort_task *task)
{
	long *result = cohort_task_result(task, sizeof(*result));
	const int *param = cohort_task_param(task);

	*result = (long)*param * *param;
	return 0;
}

static int wait_in_task(cohort_task *task)
{
	if (cohort_task_index(task) >= FAST) {
		leave_word("running", *(long *)cohort_task_state(task));
		if (!await_stop())
			return cohort_task_fail(task, "nobody stopped it");
	}
	return finish_task(task);
}

/* Only SIGKILL ends it. */
static int ignore_in_task(cohort_task *task)
{
	if (cohort_task_index(task) >= FAST) {
		signal(SIGTERM, SIG_IGN);
		leave_word("running", *(long *)cohort_task_state(task));
		for (const double end = now() + PATIENCE_S; now() < end;)
			nap(1e-3);
		return cohort_task_fail(task, "nobody killed it");
	}
	return finish_task(task);
}

/* Writes a file when it has seen the signal, and goes on. */
static int linger_in_task(cohort_task *task)
{
	leave_word("running", *(long *)cohort_task_state(task));
	leave_word("stopped", await_stop());
	for (const double end = now() + PATIENCE_S; now() < end;)
		nap(1e-3);
	return cohort_task_fail(task, "nobody ended it");
}

/* Twice, as coreutils' timeout does it; and one that is ignored before. */
static int raise_in_task(cohort_task *task)
{
	if (cohort_task_index(task) == FAST) {
		raise(SIGINT);
		if (cohort_stop_signal(group))
			return cohort_task_fail(task, "SIGINT is not ignored");
		raise(SIGTERM);
		raise(SIGTERM);
	}
	return finish_task(task);
}

static int default_in_task(cohort_task *task)
{
	struct sigaction action;

	sigaction(SIGTERM, NULL, &action);
	if (action.sa_handler != SIG_DFL)
		return cohort_task_fail(task, "SIGTERM has a handler");
	return wait_in_task(task);
}

static long self;

static cohort_job job_of(int (*execute)(cohort_task *))
{
	self = (long)getpid();
	return (cohort_job){
	    .execute = execute, .arg = &self, .param_bytes = sizeof(int)};
}

static const int *params(void)
{
	static int all[TASKS];

	for (int i = 0; i < TASKS; i++)
		all[i] = i;
	return all;
}

static cohort_status sweep(int (*execute)(cohort_task *))
{
	const cohort_job job = job_of(execute);

	return cohort_scatter(group, &job, params(), TASKS);
}

/* Tasks that were run have results, and the others say why they have none. Returns
 * the number that were run. */
static size_t expect_results(int signal, size_t least, size_t most)
{
	char words[32];
	cohort_results *results = NULL;
	cohort_counts counts;
	size_t count = 0;
	size_t done = 0;

	snprintf(words, sizeof(words), "signal %d ", signal);
	EXPECT(cohort_gather(group, &results) == COHORT_OK);
	if (!results)
		return 0;
	const cohort_result *all = cohort_results_all(results, &count);
	EXPECT(count == TASKS);
	for (size_t i = 0; i < count; i++) {
		const cohort_result *r = &all[i];
		const long *data = r->data;
		bool right = r->index == i && *(const int *)r->param == (int)i;
		if (r->status == COHORT_OK) {
			done++;
			right = right && data && *data == (long)i * (long)i &&
			        r->rank >= 0 && r->attempts == 1;
		} else
			right = right && r->status == COHORT_ESTOPPED &&
			        !data && r->rank == -1 && r->attempts == 0 &&
			        strstr(r->error, words);
		if (!right)
			wrong("result %zu: status %s, rank %d, %s", i,
			      cohort_status_name(r->status), r->rank, r->error);
	}
	cohort_results_free(results);
	if (done < least || done > most)
		wrong("%zu were run, not %zu to %zu", done, least, most);
	EXPECT(cohort_progress(group, &counts) == COHORT_OK);
	if (counts.done != done || counts.failed || counts.total != TASKS)
		wrong("%zu were run; counted: %zu of %zu, %zu failed", done,
		      counts.done, counts.total, counts.failed);
	return done;
}

static int do_nothing(cohort_task *task)
{
	(void)task;
	return 0;
}

/* A stopped sweep, and that there is no other after it. */
static int expect_stopped(int (*execute)(cohort_task *), size_t least,
                          size_t most)
{
	EXPECT(cohort_stop_signal(group) == 0);
	EXPECT(cohort_stop_on_signals(group) == COHORT_OK);
	EXPECT(sweep(execute) == COHORT_ESTOPPED);
	const int signal = cohort_stop_signal(group);
	EXPECT(signal == SIGINT || signal == SIGTERM);
	EXPECT(strstr(cohort_error(), "stopped the sweep"));
	expect_results(signal, least, most);
	EXPECT(sweep(do_nothing) == COHORT_ESTOPPED);
	expect_results(signal, 0, 0);
	return signal;
}

static int case_wait(void)
{
	return expect_stopped(wait_in_task, FAST,
	                      FAST + (size_t)cohort_size(group));
}

static int case_default(void)
{
	return expect_stopped(default_in_task, FAST,
	                      FAST + (size_t)cohort_size(group));
}

static int case_ignore(void)
{
	return expect_stopped(ignore_in_task, FAST, FAST);
}

static int case_linger(void)
{
	return expect_stopped(linger_in_task, 0, 0);
}

static int case_raise(void)
{
	struct sigaction action;

	signal(SIGINT, SIG_IGN);
	const int got = expect_stopped(raise_in_task, FAST, TASKS - 1);
	sigaction(SIGINT, NULL, &action);
	EXPECT(action.sa_handler == SIG_IGN);
	return got;
}

/* Only the root has called cohort_stop_on_signals. */
static int case_root_asks(void)
{
	if (cohort_is_root(group))
		EXPECT(cohort_stop_on_signals(group) == COHORT_OK);
	EXPECT(sweep(wait_in_task) == COHORT_ESTOPPED);
	const int signal = cohort_stop_signal(group);
	expect_results(signal, FAST, FAST + (size_t)cohort_size(group));
	return signal;
}

static volatile sig_atomic_t caught;

static void catch (int number)
{
	caught = caught + number;
}

static int call_in_task(cohort_task *task)
{
	return cohort_stop_on_signals(group) == COHORT_ESTATE
	           ? 0
	           : cohort_task_fail(task, "allowed in a task");
}

/* How a forked copy ends that gets SIGTERM. */
static int end_of_copy(void)
{
	int status = 0;
	const pid_t pid = fork();

	if (pid == 0) {
		if (cohort_stop_on_signals(group) != COHORT_ESTATE)
			_exit(1);
		caught = 0;
		raise(SIGTERM);
		_exit(caught == SIGTERM ? 17 : 2);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
	                           : WEXITSTATUS(status);
}

/* The program's handlers, one group beside another, one after another. */
static int case_calls(void)
{
	const cohort_job job = job_of(call_in_task);
	struct sigaction action = {.sa_handler = catch, .sa_flags = SA_RESTART};
	cohort *first = group;
	cohort *other = NULL;
	cohort_results *results = NULL;
	size_t count;

	sigaddset(&action.sa_mask, SIGUSR2);
	sigaction(SIGTERM, &action, NULL);
	EXPECT(cohort_stop_on_signals(NULL) == COHORT_EINVAL);
	EXPECT(cohort_stop_signal(NULL) == 0);
	EXPECT(cohort_scatter(first, &job, params(), 20) == COHORT_OK);
	EXPECT(cohort_gather(first, &results) == COHORT_OK);
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		EXPECT(all[i].status == COHORT_OK);
	cohort_results_free(results);

	errno = 12345;
	EXPECT(cohort_stop_on_signals(first) == COHORT_OK);
	EXPECT(cohort_stop_on_signals(first) == COHORT_OK);
	EXPECT(errno == 12345);
	EXPECT(cohort_open(NULL, &other) == COHORT_OK);
	EXPECT(cohort_stop_on_signals(other) == COHORT_OK);
	EXPECT(end_of_copy() == 17);
	EXPECT(cohort_stop_signal(first) == 0);
	EXPECT(cohort_close(first) == COHORT_OK);
	group = other;
	raise(SIGTERM);
	EXPECT(caught == 0 && cohort_stop_signal(other) == SIGTERM);
	EXPECT(sweep(do_nothing) == COHORT_ESTOPPED);
	sigaction(SIGTERM, NULL, &action);
	void (*const handler)(int) = action.sa_handler;
	EXPECT(cohort_close(other) == COHORT_OK);
	group = NULL;
	/* A slow thread gets the signal after other ranks have stopped the
	 * group for it. */
	handler(SIGTERM);
	EXPECT(caught == 0);

	sigaction(SIGTERM, NULL, &action);
	EXPECT(action.sa_handler == catch);
	EXPECT(action.sa_flags & SA_RESTART);
	EXPECT(sigismember(&action.sa_mask, SIGUSR2));
	raise(SIGTERM);
	EXPECT(caught == SIGTERM);

	/* A group that is opened later is not stopped by it. */
	EXPECT(cohort_open(NULL, &group) == COHORT_OK);
	EXPECT(cohort_stop_signal(group) == 0);
	EXPECT(sweep(finish_task) == COHORT_OK);
	EXPECT(cohort_stop_on_signals(group) == COHORT_OK);
	EXPECT(cohort_stop_signal(group) == 0);
	EXPECT(sweep(finish_task) == COHORT_OK);
	/* A handler that the program has installed meanwhile stays. */
	signal(SIGINT, catch);
	EXPECT(cohort_barrier(group) == COHORT_OK);
	EXPECT(cohort_close(group) == COHORT_OK);
	group = NULL;
	/* A slow thread gets it, and no rank has seen it. */
	caught = 0;
	handler(SIGTERM);
	EXPECT(caught == SIGTERM);
	sigaction(SIGINT, NULL, &action);
	EXPECT(action.sa_handler == catch);
	return SIGTERM;
}

#define CASE(name)                 \
	{                          \
#name, case_##name \
	}
static const struct {
	const char *name;
	int (*run)(void);
} cases[] = {
    CASE(wait),  CASE(default),   CASE(ignore), CASE(linger),
    CASE(raise), CASE(root_asks), CASE(calls),
};

static void expect_default(int number)
{
	struct sigaction action;

	sigaction(number, NULL, &action);
	EXPECT(action.sa_handler == SIG_DFL);
}

int main(int argc, char *argv[])
{
	int got = 0;
	bool found = false;

	if (argc < 3)
		return WRONG;
	folder = argv[2];
	/* A shell has its background jobs ignore it. */
	signal(SIGINT, SIG_DFL);
	if (cohort_open(NULL, &group) != COHORT_OK) {
		wrong("cohort_open");
		return WRONG;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (strcmp(cases[i].name, argv[1]))
			continue;
		found = true;
		got = cases[i].run();
	}
	EXPECT(found);
	const bool opened = group != NULL;
	EXPECT(cohort_close(group) == COHORT_OK);
	if (opened && !strcmp(argv[1], "wait")) {
		expect_default(SIGINT);
		expect_default(SIGTERM);
	}
	if (wrongs)
		return WRONG;
	puts("all is right");
	return getenv("STOP_STATUS") ? 0 : 128 + got;
}
