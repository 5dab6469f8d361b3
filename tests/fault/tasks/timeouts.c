/* Tasks that take longer than their limit, and processes that they leave. */
#define _GNU_SOURCE
#include "cases.h"
#include "sweep.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_SECONDS 0.2  /* on a quiet machine */
#define GRACE_SECONDS 0.25 /* as cohort.h says */

static _Noreturn void wait_for_ever(void)
{
	for (;;)
		pause();
}

/* A process that would go on after its task. */
static void leave_behind(void)
{
	const pid_t pid = fork();

	if (pid == 0)
		wait_for_ever();
	atomic_store(&here.shared->ranks[here.rank].pid, pid);
}

static void ignore(void)
{
	signal(SIGTERM, SIG_IGN);
	leave_behind();
	wait_for_ever();
}

static void heed(void)
{
	leave_behind();
	wait_for_ever();
}

static void on_term(int number)
{
	(void)number;
	atomic_fetch_add(&here.shared->note, 1);
	_exit(7);
}

static void clean_up(void)
{
	signal(SIGTERM, on_term);
	wait_for_ever();
}

static void stop_itself(void)
{
	raise(SIGSTOP);
}

/* A child that leaves its process group is ended as well. */
static void move_away(void)
{
	signal(SIGTERM, SIG_IGN);
	EXPECT(!setpgid(0, getpgid(getppid())), "setpgid");
	wait_for_ever();
}

static void (*take_too_long)(void);
static double limit; /* seconds */

static int one_in_four(cohort_task *task)
{
	task_begins(task);
	if (cohort_task_index(task) % 4 == 1)
		take_too_long();
	return task_ends(task);
}

/* On every rank one task exceeds the limit, all at the same time. Returns how long
 * the sweep took beyond the limit. */
static double exceed_limit(void (*how)(void))
{
	const struct failing failing = {4, 1, "time limit", 1};
	const size_t count = 4 * (size_t)here.size;

	limit = LIMIT_SECONDS * agreed_pace();
	take_too_long = how;
	const double begin = now();
	struct gathered gathered =
	    sweep_run((cohort_job){.execute = one_in_four,
	                           .isolate = true,
	                           .timeout = limit,
	                           .schedule = COHORT_STATIC},
	              count);
	const double took = now() - begin - limit;
	EXPECT(took >= 0, "too early: %g s", took);
	for (size_t i = 1; i < gathered.count; i += 4) {
		EXPECT(gathered.all[i].seconds >= limit,
		       "task %zu was ended after %g s", i,
		       gathered.all[i].seconds);
		EXPECT_WITHIN(gathered.all[i].seconds, limit + 3, "task %zu",
		              i);
	}
	sweep_expect(&gathered, count, &failing);
	return took;
}

static void expect_nobody(void)
{
	const pid_t pid = atomic_load(&here.shared->ranks[here.rank].pid);

	EXPECT(pid > 0 && is_gone(pid), "%d lives on", (int)pid);
}

void case_timeout_heeded(void)
{
	const double took = exceed_limit(heed);

	expect_nobody();
	EXPECT_WITHIN(took, 2, "%s", "after the limit");
	figure("who heeds SIGTERM is gone %.0f ms after the limit", 1e3 * took);
}

void case_timeout_ignored(void)
{
	const double took = exceed_limit(ignore);

	expect_nobody();
	EXPECT(took >= GRACE_SECONDS, "killed %g s after the limit", took);
	EXPECT_WITHIN(took, GRACE_SECONDS + 2, "%s", "after the limit");
	figure("who ignores SIGTERM is gone %.0f ms after the limit "
	       "(promised: %.0f ms)",
	       1e3 * took, 1e3 * GRACE_SECONDS);
}

/* This does not depend on the backend, so one is enough. */
static bool needs_no_repetition(void)
{
	return !strcmp(cohort_backend(here.group), "mpi");
}

void case_timeout_clean_up(void)
{
	if (needs_no_repetition())
		return;
	exceed_limit(clean_up);
	EXPECT(here.shared->note == here.size, "%d have cleaned up",
	       here.shared->note);
}

void case_timeout_stopped(void)
{
	if (needs_no_repetition())
		return;
	const double took = exceed_limit(stop_itself);

	figure("who is stopped is gone %.0f ms after the limit", 1e3 * took);
}

void case_timeout_moved(void)
{
	if (!needs_no_repetition())
		exceed_limit(move_away);
}

static int be_slow(cohort_task *task)
{
	task_begins(task);
	nap(limit / 4);
	return task_ends(task);
}

/* The limit is each task's own, not that of all. */
void case_timeout_each(void)
{
	static const struct failing none = {0};
	const size_t count = 6 * (size_t)here.size;

	limit = LIMIT_SECONDS * agreed_pace();
	struct gathered gathered =
	    sweep_run((cohort_job){.execute = be_slow,
	                           .isolate = true,
	                           .timeout = limit,
	                           .schedule = COHORT_STATIC},
	              count);

	sweep_expect(&gathered, count, &none);
}

static double spin_seconds;

/* A little less than that, or more; less every time. */
static int spin(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	const double share =
	    (0.7 + 0.1 * (double)(index % 8)) / (1 + cohort_task_attempt(task));
	const double end = now() + share * spin_seconds;

	task_begins(task);
	while (now() < end)
		;
	return task_ends(task);
}

/* Limits that pass about when the task ends. It is either done or ended, and every
 * other task is done once. */
void case_timeout_close(void)
{
	enum { MANY = 100 };
	int ended = 0;

	for (int i = 0; i < 4; i++) {
		spin_seconds = i < 2 ? 0 : 3e-4;
		struct gathered gathered =
		    sweep_run((cohort_job){.execute = spin,
		                           .isolate = true,
		                           .timeout = i < 2 ? 1e-9 : 3e-4,
		                           .retries = i % 2 * 1000000,
		                           .chunk = 5},
		              MANY);
		for (size_t k = 0; k < gathered.count; k++) {
			const cohort_result *result = &gathered.all[k];
			const int began = here.shared->began[k];
			ended += result->status != COHORT_OK;
			EXPECT(result->status == COHORT_OK ||
			           strstr(result->error, "time limit"),
			       "task %zu: %s", k, result->error);
			/* One that had just begun when the one before it was
			 * ended has done nothing wrong, and begins again. */
			EXPECT(began <= result->attempts + 1 &&
			           (i % 2 == 1 || result->attempts == 1),
			       "task %zu: begun %d times, %d attempts", k,
			       began, result->attempts);
			EXPECT(i % 2 == 0 || result->status == COHORT_OK,
			       "task %zu: %s", k, result->error);
		}
		EXPECT(gathered.count == MANY, "%zu results", gathered.count);
		sweep_free(&gathered);
	}
	figure("%d of %d were ended", ended, 2 * MANY);
}

static bool crashes;

static int leave_and_go_on(cohort_task *task)
{
	task_begins(task);
	if (cohort_task_index(task) % 4 == 1) {
		leave_behind();
		if (crashes)
			raise(SIGKILL);
	}
	return task_ends(task);
}

/* A process that a task leaves in its process group is killed with the task, or at
 * the end of the sweep. */
void case_grandchildren(void)
{
	const size_t count = 4 * (size_t)here.size;
	struct failing failing = {0, 1, "signal 9", 1};

	for (int i = 0; i < 2; i++) {
		crashes = i == 1;
		failing.every = crashes ? 4 : 0;
		struct gathered gathered =
		    sweep_run((cohort_job){.execute = leave_and_go_on,
		                           .isolate = true,
		                           .schedule = COHORT_STATIC},
		              count);
		sweep_expect(&gathered, count, &failing);
		expect_nobody();
	}
}
