/* Scoped groups that end well. */
#define _GNU_SOURCE
#include "scoped.h"
#include "scenarios.h"
#include "state.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TASKS = 40, MANY = SANITIZED ? 20 : 1000, RANKS = 4 };

static const int sizes[] = {4, 1, 2, 5, 3};

enum { SIZES = sizeof(sizes) / sizeof(*sizes) };

cohort *scoped_open(int size, double timeout)
{
	const cohort_options options = {
	    .backend = "mp", .size = size, .timeout = timeout, .scoped = true};
	cohort *group = NULL;
	const cohort_status status = cohort_open(&options, &group);

	if (!EXPECT(status == COHORT_OK, "open: %s", cohort_error()))
		exit(1);
	EXPECT(cohort_size(group) == size, "%d ranks", cohort_size(group));
	shared->slots[cohort_rank(group)].pid = getpid();
	return group;
}

static int twice(cohort_task *task)
{
	const int *param = cohort_task_param(task);
	int *result = cohort_task_result(task, sizeof(*result));

	if (!result)
		return -1;
	*result = 2 * *param;
	return 0;
}

static cohort_results *sweep(cohort *group)
{
	const cohort_job job = {.execute = twice, .param_bytes = sizeof(int)};
	cohort_results *results = NULL;
	int params[TASKS];

	for (int i = 0; i < TASKS; i++)
		params[i] = i;
	EXPECT(cohort_scatter(group, &job, params, TASKS) == COHORT_OK, "%s",
	       cohort_error());
	EXPECT(cohort_gather(group, &results) == COHORT_OK, "%s",
	       cohort_error());
	return results;
}

static void expect_doubles(const cohort_results *results)
{
	size_t count;
	size_t right = 0;
	const cohort_result *all = cohort_results_all(results, &count);

	for (size_t i = 0; i < count; i++)
		right += all[i].status == COHORT_OK &&
		         *(const int *)all[i].data == 2 * (int)i;
	EXPECT(right == TASKS, "%zu of %zu results", right, count);
}

void scoped_use(cohort *group)
{
	const int32_t one = 1;
	int32_t sum = 0;
	double *memory = cohort_alloc(group, 100000 * sizeof(*memory));

	EXPECT(memory != NULL, "%s", cohort_error());
	memory[0] = cohort_rank(group);
	EXPECT(cohort_allreduce(group, &one, &sum, 1, COHORT_INT32,
	                        COHORT_SUM) == COHORT_OK &&
	           sum == cohort_size(group),
	       "%d: %s", (int)sum, cohort_error());
	EXPECT(cohort_bcast(group, memory, 100000, COHORT_DOUBLE,
	                    cohort_size(group) - 1) == COHORT_OK &&
	           memory[0] == cohort_size(group) - 1,
	       "bcast: %s", cohort_error());
	cohort_results *results = sweep(group);
	expect_doubles(results);
	cohort_results_free(results);
}

void scoped_expect_close(cohort *group, pid_t root, cohort_status expected)
{
	const cohort_status status = cohort_close(group);

	if (!EXPECT(getpid() == root, "a peer returned from the close"))
		_exit(1);
	EXPECT(status == expected, "close: %s: %s", cohort_status_name(status),
	       status == COHORT_OK ? "" : cohort_error());
}

void scoped_expect_next(int size)
{
	const pid_t root = getpid();
	cohort *group = scoped_open(size, 0);

	scoped_use(group);
	scoped_expect_close(group, root, COHORT_OK);
}

/* ---- */

static void open_each_size(void)
{
	const struct state before = state_now();

	setenv("COHORT_INSIDE", "0", 1);
	unsetenv("OMP_NUM_THREADS");
	for (int i = 0; i < 2 * SIZES; i++) {
		scoped_expect_next(sizes[i % SIZES]);
		state_expect_same(&before, "after a close");
		EXPECT(!strcmp(getenv("COHORT_INSIDE"), "0"), "%s",
		       getenv("COHORT_INSIDE"));
		EXPECT(!getenv("OMP_NUM_THREADS"), "%s",
		       getenv("OMP_NUM_THREADS"));
	}
}

void scenario_scoped_sizes(void)
{
	EXPECT(run(open_each_size).code == 0, "exit status");
}

/* The C library keeps some memory that it has used once. */
static void open_many(void)
{
	struct state before = {0};
	const double begin = now();

	for (int i = 0; i < MANY; i++) {
		if (i == MANY / 2)
			before = state_now();
		const pid_t root = getpid();
		cohort *group = scoped_open(RANKS, 0);
		scoped_expect_close(group, root, COHORT_OK);
	}
	state_expect_same(&before, "after many closes");
	const long pages = state_now().pages - before.pages;
	EXPECT(SANITIZED || pages < 50, "%ld pages more", pages);
	shared->event = (now() - begin) / MANY;
}

void scenario_scoped_many_times(void)
{
	EXPECT(run(open_many).code == 0, "exit status");
	figure("open and close of %d ranks: %.2f ms", RANKS,
	       1e3 * shared->event);
}

/* The next world may use the other transport, and need not be scoped. */
static void change_transport(void)
{
	const char *transport = getenv("COHORT_TRANSPORT");
	const bool over_sockets = transport && !strcmp(transport, "socket");

	scoped_expect_next(3);
	setenv("COHORT_TRANSPORT", over_sockets ? "shm" : "socket", 1);
	scoped_expect_next(2);
	setenv("COHORT_TRANSPORT", over_sockets ? "socket" : "shm", 1);
	cohort *group = enter(RANKS, 0);
	scoped_use(group);
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
	atomic_fetch_add(&shared->strays, 1);
}

void scenario_scoped_then_other(void)
{
	EXPECT(run(change_transport).code == 0, "exit status");
	EXPECT(atomic_load(&shared->strays) == RANKS,
	       "%d ranks returned from the last close",
	       atomic_load(&shared->strays));
}

/* Results outlive the ranks that made them. */
static void keep_results(void)
{
	cohort_results *kept[SIZES];
	const struct state before = state_now();

	for (int i = 0; i < SIZES; i++) {
		const pid_t root = getpid();
		cohort *group = scoped_open(sizes[i], 0);
		kept[i] = sweep(group);
		scoped_expect_close(group, root, COHORT_OK);
		for (int k = 0; k <= i; k++)
			expect_doubles(kept[k]);
	}
	for (int i = 0; i < SIZES; i++)
		cohort_results_free(kept[i]);
	state_expect_same(&before, "after the results were freed");
}

void scenario_scoped_results(void)
{
	EXPECT(run(keep_results).code == 0, "exit status");
}

/* ---- other groups ---- */

static void expect_refused(const char *words)
{
	const cohort_options options = {.scoped = true};
	cohort *group = NULL;

	EXPECT(cohort_open(&options, &group) == COHORT_ESTATE &&
	           strstr(cohort_error(), words),
	       "%s: %s", words, cohort_error());
}

static void open_beside(void)
{
	const cohort_options serial = {.backend = "serial", .scoped = true};
	const pid_t root = getpid();
	const struct state before = state_now();
	cohort *alone = NULL;
	cohort *second = NULL;
	cohort *third = NULL;

	EXPECT(cohort_open(&serial, &alone) == COHORT_OK, "%s", cohort_error());
	cohort *group = scoped_open(RANKS, 0);
	expect_refused("close the scoped group first");
	EXPECT(cohort_open(NULL, &second) == COHORT_OK, "%s", cohort_error());
	EXPECT(cohort_open(NULL, &third) == COHORT_OK, "%s", cohort_error());
	scoped_use(second);
	EXPECT(cohort_close(second) == COHORT_OK, "%s", cohort_error());
	scoped_use(third);
	scoped_use(group);
	scoped_expect_close(group, root, COHORT_OK);
	EXPECT(cohort_rank(third) == -1, "rank %d", cohort_rank(third));
	EXPECT(cohort_barrier(third) == COHORT_ESTATE, "barrier");
	EXPECT(cohort_close(third) == COHORT_ESTATE, "close");
	EXPECT(cohort_close(group) == COHORT_ESTATE, "close twice");
	EXPECT(cohort_barrier(alone) == COHORT_OK, "%s", cohort_error());
	EXPECT(cohort_close(alone) == COHORT_OK, "%s", cohort_error());
	state_expect_same(&before, "after the close");
	scoped_expect_next(2);
	group = enter(RANKS, 0);
	expect_refused("they live until the program ends");
	/* A rank that left without it might be missed by one that still opens
	 * the group. */
	cohort_close(group);
}

void scenario_scoped_beside(void)
{
	EXPECT(run(open_beside).code == 0, "exit status");
}

/* ---- copies and threads ---- */

static void close_in_copies(void)
{
	const pid_t root = getpid();
	cohort *group = scoped_open(RANKS, 0);
	int status = 0;

	for (int i = 0; i < 2; i++) {
		const pid_t pid = fork();
		if (pid == 0) {
			EXPECT(cohort_close(group) == COHORT_OK, "%s",
			       cohort_error());
			/* A world of its own. */
			if (i == 0)
				scoped_expect_next(2);
			exit(7);
		}
		EXPECT(waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		           WEXITSTATUS(status) == 7,
		       "the copy's end: %#x", (unsigned)status);
	}
	scoped_use(group);
	scoped_expect_close(group, root, COHORT_OK);
}

void scenario_scoped_copy(void)
{
	EXPECT(run(close_in_copies).code == 0, "exit status");
}

static pid_t program;

static void *close_in_thread(void *group)
{
	scoped_use(group);
	scoped_expect_close(group, program, COHORT_OK);
	return NULL;
}

/* The thread that opens is the only one that the peers have, so they stay in
 * it. */
static void *open_in_thread(void *out)
{
	cohort *group = scoped_open(3, 0);

	if (cohort_rank(group) > 0)
		close_in_thread(group);
	*(cohort **)out = group;
	return NULL;
}

static void *in_thread(void *(*begin)(void *), void *arg)
{
	pthread_t thread;

	EXPECT(pthread_create(&thread, NULL, begin, arg) == 0, "a thread");
	EXPECT(pthread_join(thread, NULL) == 0, "its end");
	return arg;
}

/* Open in a thread that ends, close here; and the other way round. */
static void change_threads_once(void)
{
	cohort *group = NULL;

	in_thread(open_in_thread, &group);
	close_in_thread(group);
	group = scoped_open(2, 0);
	in_thread(close_in_thread, group);
	/* The page that the last one needed goes with the next open. */
	scoped_expect_next(2);
}

static void change_threads(void)
{
	program = getpid();
	setenv("COHORT_LOG", "error", 1); /* it would warn of the threads */
	/* The C library keeps the stack of the first thread. */
	change_threads_once();
	const struct state before = state_now();
	for (int i = 0; i < 10; i++)
		change_threads_once();
	state_expect_same(&before, "after opens and closes in threads");
}

void scenario_scoped_threads(void)
{
	EXPECT(run(change_threads).code == 0, "exit status");
}

/* ---- output and handlers ---- */

static int output;

static void count_handler(void)
{
	atomic_fetch_add(&shared->strays, 1);
}

static void print_in_ranks(void)
{
	EXPECT(dup2(output, STDOUT_FILENO) >= 0, "dup2");
	setvbuf(stdout, NULL, _IOFBF, 65536);
	atexit(count_handler);
	for (int i = 0; i < 3; i++) {
		const pid_t root = getpid();
		printf("before %d\n", i);
		cohort *group = scoped_open(RANKS, 0);
		printf("rank %d\n", cohort_rank(group));
		atexit(count_handler);
		scoped_expect_close(group, root, COHORT_OK);
		printf("after %d\n", i);
	}
}

void scenario_scoped_output(void)
{
	char text[1000] = "";
	char word[32];

	output = memfd_create("stdout", MFD_CLOEXEC);
	EXPECT(fcntl(output, F_SETFL, O_APPEND) == 0, "fcntl");
	EXPECT(run(print_in_ranks).code == 0, "exit status");
	EXPECT(pread(output, text, sizeof(text) - 1, 0) ==
	           3 * (9 + 7 * RANKS + 8),
	       "%s", text);
	for (int r = 0; r < RANKS; r++) {
		int times = 0;
		snprintf(word, sizeof(word), "rank %d\n", r);
		for (const char *at = text; (at = strstr(at, word)); at++)
			times++;
		EXPECT(times == 3, "%s", text);
	}
	/* What peers have written is there when rank 0 goes on. */
	EXPECT(strstr(text, "after 2") > strstr(text, "rank 3"), "%s", text);
	EXPECT(atomic_load(&shared->strays) == 4, "%d handlers ran",
	       atomic_load(&shared->strays));
}
