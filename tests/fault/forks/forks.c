/*
 * options.before_fork, after_fork_parent and after_fork_child: how often and in
 * which order they are called; that a lock which another thread holds is free
 * in the copies; calls of the library from hooks, and meanwhile from another
 * thread; forks that fail; a group without hooks.
 */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "cohort.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TASKS = 6, CRASHES = 3, HOOK_ARG = 42 };

static struct {
	int before;
	int in_parent;
	int in_child;
	int stage; /* 1 between before_fork and the hook after the fork */
} calls;

static cohort *plain; /* a group without hooks */
static cohort *busy;  /* another thread makes calls on it */
static bool has_busy;
static atomic_int rounds; /* calls on `busy` */
static atomic_int done;
static int forks_to_fail;

/* Held by the holder until before_fork wants it. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_int wanted;
static atomic_int held;

#define EXPECT(condition) expect(condition, #condition, __LINE__)

static void expect(int condition, const char *text, int line)
{
	if (condition)
		return;
	printf("forks.c:%d: not true: %s (\"%s\")\n", line, text,
	       cohort_error());
	fflush(stdout);
	_exit(1);
}

/* In place of the C library's. */
pid_t fork(void)
{
	pid_t (*next)(void) = NULL;
	void *found = dlsym(RTLD_NEXT, "fork");

	if (forks_to_fail > 0) {
		forks_to_fail--;
		errno = EAGAIN;
		return -1;
	}
	memcpy(&next, &found, sizeof(next));
	return next();
}

static void call_cohort(void)
{
	cohort *none = NULL;

	EXPECT(cohort_open(NULL, &none) == COHORT_ESTATE);
	EXPECT(cohort_barrier(plain) == COHORT_ESTATE);
	EXPECT(cohort_close(plain) == COHORT_ESTATE);
	EXPECT(cohort_size(plain) == 1);
}

static void before_fork(void *arg)
{
	const int begin = atomic_load(&rounds);

	EXPECT(*(int *)arg == HOOK_ARG);
	EXPECT(calls.stage == 0);
	calls.stage = 1;
	calls.before++;
	call_cohort();
	while (has_busy && atomic_load(&rounds) < begin + 3)
		sched_yield();
	atomic_store(&wanted, 1);
	pthread_mutex_lock(&lock);
}

static void after_fork_parent(void *arg)
{
	EXPECT(*(int *)arg == HOOK_ARG);
	EXPECT(calls.stage == 1);
	calls.stage = 0;
	calls.in_parent++;
	call_cohort();
	atomic_store(&wanted, 0);
	pthread_mutex_unlock(&lock);
}

static void after_fork_child(void *arg)
{
	EXPECT(*(int *)arg == HOOK_ARG);
	EXPECT(calls.stage == 1);
	calls.stage = 0;
	calls.in_child++;
	call_cohort();
	has_busy = false;
	pthread_mutex_unlock(&lock);
}

/* Holds the lock, but while before_fork wants it. */
static void *hold(void *unused)
{
	while (!atomic_load(&done)) {
		pthread_mutex_lock(&lock);
		atomic_store(&held, 1);
		while (!atomic_load(&wanted) && !atomic_load(&done))
			sched_yield();
		atomic_store(&held, 0);
		pthread_mutex_unlock(&lock);
		while (atomic_load(&wanted) && !atomic_load(&done))
			sched_yield();
	}
	return unused;
}

static void *make_calls(void *unused)
{
	while (!atomic_load(&done)) {
		EXPECT(cohort_barrier(busy) == COHORT_OK);
		atomic_fetch_add(&rounds, 1);
		sched_yield();
	}
	return unused;
}

static pthread_t start(void *(*run)(void *))
{
	pthread_t thread;

	EXPECT(!pthread_create(&thread, NULL, run, NULL));
	return thread;
}

static void await_holder(void)
{
	while (!atomic_load(&held))
		sched_yield();
}

static int copies_here; /* calls.in_child in the rank */

static int execute(cohort_task *task)
{
	EXPECT(calls.in_child == copies_here + 1);
	EXPECT(!pthread_mutex_trylock(&lock));
	pthread_mutex_unlock(&lock);
	if (cohort_task_index(task) < CRASHES)
		raise(SIGSEGV);
	return 0;
}

static int execute_plain(cohort_task *task)
{
	(void)task;
	EXPECT(calls.in_child == copies_here);
	return 0;
}

static void sweep(cohort *group, int (*function)(cohort_task *), size_t crashes)
{
	const cohort_job job = {.execute = function, .isolate = true};
	cohort_results *results;
	size_t count;
	size_t failed = 0;

	EXPECT(cohort_scatter(group, &job, NULL, TASKS) == COHORT_OK);
	EXPECT(cohort_gather(group, &results) == COHORT_OK);
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		failed += all[i].status != COHORT_OK;
	EXPECT(failed == crashes);
	cohort_results_free(results);
}

/* The first fork fails, and another attempt is made. */
static void expect_hooks_of_sweep(cohort *group)
{
	const int before = calls.before;
	const int in_parent = calls.in_parent;

	await_holder();
	copies_here = calls.in_child;
	forks_to_fail = 1;
	sweep(group, execute, CRASHES);
	EXPECT(calls.before - before >= 2);
	EXPECT(calls.before - before == calls.in_parent - in_parent);
	EXPECT(calls.in_child == copies_here);
	await_holder();
	if (cohort_is_root(group))
		EXPECT(calls.stage == 0);
}

static void expect_no_hooks(cohort *group)
{
	const int before = calls.before;

	sweep(group, execute_plain, 0);
	EXPECT(calls.before == before);
}

static void expect_hooks_of_open(const cohort *group, int before)
{
	const int peer = cohort_rank(group) > 0;

	EXPECT(calls.stage == 0);
	if (strcmp(cohort_backend(group), "mp")) {
		EXPECT(calls.before == 0 && calls.in_parent == 0 &&
		       calls.in_child == 0);
		return;
	}
	EXPECT(calls.before == before);
	EXPECT(calls.in_parent == before - peer);
	EXPECT(calls.in_child == peer);
	EXPECT(peer == !has_busy);
	/* A peer has no holder. */
	if (peer) {
		EXPECT(!pthread_mutex_trylock(&lock));
		pthread_mutex_unlock(&lock);
	}
}

int main(void)
{
	int arg = HOOK_ARG;
	const char *backend = getenv("COHORT_BACKEND");
	const int is_mp = backend && !strcmp(backend, "mp");
	const cohort_options serial = {.backend = "serial"};
	const cohort_options options = {
	    .before_fork = before_fork,
	    .after_fork_parent = after_fork_parent,
	    .after_fork_child = after_fork_child,
	    .fork_arg = &arg,
	};
	cohort *group;
	cohort *beside;

	EXPECT(cohort_open(&serial, &plain) == COHORT_OK);
	EXPECT(cohort_open(&serial, &busy) == COHORT_OK);
	has_busy = true;
	const pthread_t caller = start(make_calls);
	pthread_t holder = start(hold);
	await_holder();
	if (is_mp) {
		forks_to_fail = 1;
		EXPECT(cohort_open(&options, &group) == COHORT_ESYS);
		EXPECT(calls.before == 1 && calls.in_parent == 1);
		await_holder();
	}
	EXPECT(cohort_open(&options, &group) == COHORT_OK);
	expect_hooks_of_open(group, 2);
	EXPECT(cohort_open(NULL, &beside) == COHORT_OK);
	const int is_peer = is_mp && cohort_rank(group) > 0;
	if (is_peer) {
		atomic_store(&wanted, 0);
		atomic_store(&held, 0);
		holder = start(hold);
	}
	expect_hooks_of_sweep(group);
	expect_no_hooks(beside);
	expect_hooks_of_sweep(group);
	atomic_store(&done, 1);
	pthread_join(holder, NULL);
	if (!is_peer)
		pthread_join(caller, NULL);
	EXPECT(cohort_close(beside) == COHORT_OK);
	EXPECT(cohort_close(group) == COHORT_OK);
	EXPECT(cohort_close(plain) == COHORT_OK);
	EXPECT(cohort_close(busy) == COHORT_OK);
	puts("passed");
	return 0;
}
