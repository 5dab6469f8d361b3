/* Tasks that end their process, each in its own way. */
#define _GNU_SOURCE
#include "cases.h"
#include "schedules.h"
#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void segfault(void)
{
	/* volatile hides the bad address from the compiler. */
	volatile int *volatile nowhere = (volatile int *)(uintptr_t)16;

	*nowhere = 1;
}

static void divide_by_zero(void)
{
	raise(SIGFPE);
}

static void exit_0(void)
{
	exit(0);
}

static void exit_3(void)
{
	exit(3);
}

static void leave_5(void)
{
	_exit(5);
}

static void kill_itself(void)
{
	kill(getpid(), SIGKILL);
}

static void kill_group(void)
{
	kill(0, SIGKILL);
}

static void end_thread(void)
{
	pthread_exit(NULL);
}

/* See crash. */
static jmp_buf outside;

static void jump_out(void)
{
	longjmp(outside, 1);
}

static void become_another(void)
{
	execl("/bin/sh", "sh", "-c", "exit 9", (char *)NULL);
}

/* Most programs do this when they have no memory. */
static void exhaust_memory(void)
{
	const struct rlimit limit = {(rlim_t)1 << 26, (rlim_t)1 << 26};

	setrlimit(RLIMIT_AS, &limit);
	for (;;) {
		char *more = malloc((size_t)1 << 20);
		if (!more) {
			task_dies();
			abort();
		}
		memset(more, 1, (size_t)1 << 20);
	}
}

/* As the kernel does where a stack has no room left. */
static void exhaust_stack(void)
{
	const struct rlimit limit = {(rlim_t)1 << 16, (rlim_t)1 << 16};
	const uintptr_t top = (uintptr_t)&limit;

	setrlimit(RLIMIT_STACK, &limit);
	*(volatile char *)(top - ((uintptr_t)1 << 24)) = 1;
}

static const struct crime {
	const char *name;
	void (*commit)(void);
	const char *words; /* in the sentence */
	bool needs_limits;
} crimes[] = {
    {"segfault", segfault, "signal 11", false},
    {"division by zero", divide_by_zero, "signal 8", false},
    {"abort", abort, "signal 6", false},
    {"exit(0)", exit_0, "status 0", false},
    {"exit(3)", exit_3, "status 3", false},
    {"_exit(5)", leave_5, "status 5", false},
    {"kill -9", kill_itself, "signal 9", false},
    {"kill -9 of its group", kill_group, "signal 9", false},
    {"pthread_exit", end_thread, "did not return", false},
    {"longjmp", jump_out, "status 1", false},
    {"exec", become_another, "status 9", false},
    {"no memory", exhaust_memory, "signal 6", true},
    {"no stack", exhaust_stack, "signal 11", true},
};

enum { CRIMES = sizeof(crimes) / sizeof(*crimes) };

static const struct crime *crime;
static struct fate fate;

static double seconds; /* each task takes at least this long */

static int commit(cohort_task *task)
{
	task_begins(task);
	if (seconds > 0)
		nap(seconds);
	if (fate_strikes(&fate, cohort_task_index(task))) {
		/* The unfinished result must not become one. */
		memset(cohort_task_result(task, 5000), 0x55, 5000);
		task_dies();
		crime->commit();
	}
	return task_ends(task);
}

static void crash(size_t count, cohort_schedule schedule, size_t chunk)
{
	const cohort_job job = {.execute = commit,
	                        .isolate = true,
	                        .schedule = schedule,
	                        .chunk = chunk};

	/* After a longjmp the program goes on in the child, until it calls the
	 * library. */
	if (setjmp(outside)) {
		const int silent = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(silent, STDERR_FILENO);
		MUST(cohort_barrier(here.group));
		_exit(0);
	}
	struct gathered gathered = sweep_run(job, count);
	sweep_expect(&gathered, count, &fate);
}

void case_crashes(void)
{
	double slowest = 0;

	for (size_t i = 0; i < CRIMES; i++) {
		crime = &crimes[i];
		if (crime->needs_limits && SANITIZED)
			continue;
		fate = (struct fate){12, 5, crime->words, 1};
		crash(12, (cohort_schedule)(COHORT_STATIC + i % 3), i % 2 * 3);
		const double took = 1e-9 * (double)here.shared->slowest;
		EXPECT_WITHIN(took, 2, "%s: the next task began late",
		              crime->name);
		slowest = took > slowest ? took : slowest;
	}
	figure("after a crash the rank's next task began within %.2f ms "
	       "(promised: 50 ms and a fork)",
	       1e3 * slowest);
}

void case_all_crash(void)
{
	const double begin = now();

	crime = &crimes[0];
	fate = (struct fate){1, 0, crime->words, 1};
	for (int s = COHORT_STATIC; s < SCHEDULES_END; s++)
		crash(25, (cohort_schedule)s, 0);
	figure("a task that crashes takes %.2f ms of one rank",
	       1e3 * (now() - begin) * here.size / (25 * SCHEDULES_NAMED));
}

/* No task, one, fewer than ranks, as many, more; some tasks crash. */
void case_few_tasks(void)
{
	const size_t size = (size_t)here.size;
	const size_t counts[] = {0, 1, size > 1 ? size - 1 : 0, size, size + 1};

	crime = &crimes[2];
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		for (int s = COHORT_STATIC; s < SCHEDULES_END; s++) {
			fate = (struct fate){0, 0, crime->words, 1};
			crash(counts[i], (cohort_schedule)s, 0);
			fate.every = 2;
			crash(counts[i], (cohort_schedule)s, 100);
		}
}

/* Each child has the state as build made it, and not as other tasks left it. */
struct state {
	int tasks;
	int magic;
};

static _Atomic int torn_down;

static int build(void *arg, void **state)
{
	struct state *made = calloc(1, sizeof(*made));

	made->magic = *(const int *)arg;
	*state = made;
	return 0;
}

static int spoil(cohort_task *task)
{
	struct state *state = cohort_task_state(task);

	task_begins(task);
	EXPECT(state->magic == 4711, "task %zu: the state is spoilt",
	       cohort_task_index(task));
	state->tasks++;
	if (fate_strikes(&fate, cohort_task_index(task))) {
		state->magic = -1;
		atomic_fetch_add(&here.shared->note, state->tasks);
		crime->commit();
	}
	return task_ends(task);
}

static void teardown(void *made)
{
	struct state *state = made;

	EXPECT(state->magic == 4711 && state->tasks == 0,
	       "the state has changed in the rank: %d tasks", state->tasks);
	torn_down++;
	free(state);
}

void case_clean_state(void)
{
	int magic = 4711;
	const cohort_job job = {.build = build,
	                        .execute = spoil,
	                        .teardown = teardown,
	                        .arg = &magic,
	                        .isolate = true};

	crime = &crimes[3];
	fate = (struct fate){4, 1, crime->words, 1};
	torn_down = 0;
	struct gathered gathered = sweep_run(job, 40);
	sweep_expect(&gathered, 40, &fate);
	EXPECT(torn_down == 1, "torn down %d times", torn_down);
}

static void take_all(int number)
{
	const int saved = errno;

	(void)number;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	errno = saved;
}

/* A program that waits for every child, or ignores SIGCHLD. */
void case_program_waits(void)
{
	struct sigaction old;
	const struct sigaction all = {.sa_handler = take_all};
	const struct sigaction none = {.sa_handler = SIG_IGN};

	crime = &crimes[4];
	sigaction(SIGCHLD, &none, &old);
	fate = (struct fate){12, 5, crime->words, 1};
	crash(12, COHORT_DYNAMIC, 0);
	struct sigaction found;
	sigaction(SIGCHLD, &all, &found);
	EXPECT(found.sa_handler == SIG_IGN, "SIGCHLD is not ignored any more");
	/* It may not have been quick enough. */
	fate.words = "process";
	crash(12, COHORT_DYNAMIC, 0);
	sigaction(SIGCHLD, &old, NULL);
}

static void look_on(int number)
{
	(void)number;
}

/* A signal every millisecond, and nothing is restarted. */
void case_interrupted(void)
{
	const struct sigaction action = {.sa_handler = look_on};
	const struct itimerval often = {{0, 1000}, {0, 1000}};
	const struct itimerval never = {{0, 0}, {0, 0}};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	crime = &crimes[4];
	seconds = 5e-3;
	for (int i = 0; i < 3; i++) {
		fate = (struct fate){12, 5, crime->words, 1};
		crash(12, (cohort_schedule)(COHORT_STATIC + i), 0);
	}
	seconds = 0;
	setitimer(ITIMER_REAL, &never, NULL);
	signal(SIGALRM, SIG_DFL);
}

/* If there is no descriptor left for a pidfd, the child's end is polled. */
void case_no_descriptors(void)
{
	enum { MOST = 64 };
	struct rlimit old;
	int open_ones[MOST];
	int count = 0;

	if (!strcmp(cohort_backend(here.group), "mpi"))
		return; /* which may open one at any time */
	barrier();
	getrlimit(RLIMIT_NOFILE, &old);
	const struct rlimit few = {MOST, old.rlim_max};
	setrlimit(RLIMIT_NOFILE, &few);
	while (count < MOST && (open_ones[count] = dup(STDERR_FILENO)) >= 0)
		count++;
	EXPECT(count > 0 && count < MOST && errno == EMFILE, "%d", count);
	for (int i = 0; i < 3; i++) {
		crime = &crimes[i];
		fate = (struct fate){12, 5, crime->words, 1};
		crash(12, (cohort_schedule)(COHORT_STATIC + i), 0);
	}
	while (count > 0)
		close(open_ones[--count]);
	setrlimit(RLIMIT_NOFILE, &old);
}
