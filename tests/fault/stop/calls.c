#define _GNU_SOURCE
#include "calls.h"

#include "stopped_sweep.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

typedef void handler_function(int number);

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

static void expect_refused_in_tasks(void)
{
	const cohort_job job = job_of(call_in_task);
	cohort_results *results = NULL;
	size_t count;

	EXPECT(cohort_scatter(group, &job, params(), 20) == COHORT_OK);
	EXPECT(cohort_gather(group, &results) == COHORT_OK);
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		EXPECT(all[i].status == COHORT_OK);
	cohort_results_free(results);
}

/* Two groups ask, one of them is closed, and the other is stopped and closed.
 * Returns the library's handler. */
static handler_function *stop_second_group(void)
{
	struct sigaction action;
	cohort *first = group;
	cohort *other = NULL;

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
	EXPECT(cohort_close(other) == COHORT_OK);
	group = NULL;
	return action.sa_handler;
}

/* The program's handler is back as it was. */
static void expect_restored(void)
{
	struct sigaction action;

	sigaction(SIGTERM, NULL, &action);
	EXPECT(action.sa_handler == catch);
	EXPECT(action.sa_flags & SA_RESTART);
	EXPECT(sigismember(&action.sa_mask, SIGUSR2));
	raise(SIGTERM);
	EXPECT(caught == SIGTERM);
}

/* A group that is opened later is not stopped by it. */
static void run_later_group(void)
{
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
}

int case_calls(void)
{
	struct sigaction action = {.sa_handler = catch, .sa_flags = SA_RESTART};

	sigaddset(&action.sa_mask, SIGUSR2);
	sigaction(SIGTERM, &action, NULL);
	EXPECT(cohort_stop_on_signals(NULL) == COHORT_EINVAL);
	EXPECT(cohort_stop_signal(NULL) == 0);
	expect_refused_in_tasks();
	handler_function *const handler = stop_second_group();
	/* A slow thread gets the signal after other ranks have stopped the
	 * group for it. */
	handler(SIGTERM);
	EXPECT(caught == 0);
	expect_restored();
	run_later_group();
	/* A slow thread gets it, and no rank has seen it. */
	caught = 0;
	handler(SIGTERM);
	EXPECT(caught == SIGTERM);
	sigaction(SIGINT, NULL, &action);
	EXPECT(action.sa_handler == catch);
	return SIGTERM;
}
