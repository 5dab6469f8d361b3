/* Interrupts at any moment of short calls: at their entry and exit, and between their
 * last look and their sleep. */
#define _GNU_SOURCE
#include "interrupted.h"

#include "clock.h"
#include "pace.h"
#include "stress/dice.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { ROUNDS = 300, LATEST_US = 200 };

static cohort *target;
static volatile sig_atomic_t came_at_all;

static void on_alarm(int number)
{
	(void)number;
	came_at_all = 1;
	cohort_interrupt(target);
}

/* Longer than any patience. */
static int sleep_on(cohort_task *task)
{
	(void)task;
	for (;;)
		pause();
	return 0;
}

static int do_little(cohort_task *task)
{
	(void)task;
	return 0;
}

static cohort_status sweep_asleep(void)
{
	const cohort_job job = {.execute = sleep_on, .isolate = true};

	return cohort_scatter(target, &job, NULL, (size_t)cohort_size(target));
}

static cohort_status sweep_little(void)
{
	const cohort_job job = {.execute = do_little};

	return cohort_scatter(target, &job, NULL, 10);
}

static cohort_status meet(void)
{
	return cohort_barrier(target);
}

static cohort_status (*const kinds[])(void) = {meet, sweep_little, meet,
                                               sweep_asleep};

/* On all ranks: calls until one is interrupted. Each that returns before must have
 * succeeded. Returns their number. */
static int call_until_interrupted(cohort_status (*call)(void))
{
	const double begin = now();
	cohort_status status = COHORT_OK;
	int calls = 0;

	for (; status == COHORT_OK; calls++) {
		/* Detects a hang. */
		EXPECT(now() - begin < patience ||
		       now() - begin < patience * pace_now());
		status = call();
	}
	EXPECT(status == COHORT_EINTERRUPTED);
	EXPECT(strstr(cohort_error(), "rank 0"));
	EXPECT(cohort_barrier(target) == COHORT_EINTERRUPTED);
	return calls;
}

/* Rank 0 is interrupted. */
static int run_window(struct dice *dice)
{
	const suseconds_t late = (suseconds_t)dice_below(dice, LATEST_US) + 1;
	const size_t kind = (size_t)dice_below(dice, 4);
	const struct itimerval timer = {.it_value = {.tv_usec = late}};
	const cohort_options options = {.scoped = true};

	came_at_all = 0;
	EXPECT(cohort_open(&options, &target) == COHORT_OK);
	here.rank = cohort_rank(target);
	if (here.rank == 0)
		EXPECT(!setitimer(ITIMER_REAL, &timer, NULL));
	const int calls = call_until_interrupted(kinds[kind]);
	EXPECT(here.rank > 0 || came_at_all);
	EXPECT(cohort_close(target) == COHORT_OK);
	return calls;
}

int interrupt_windows(void)
{
	struct dice dice = dice_for(1, 0, 0);
	int calls = 0;

	signal(SIGALRM, on_alarm);
	for (int i = 0; i < ROUNDS; i++)
		calls += run_window(&dice);
	FILE *lines = fopen(getenv("LINES"), "a");
	if (!lines)
		return 3;
	fprintf(lines, "passed windows, %d rounds, %d calls\n", ROUNDS, calls);
	fclose(lines);
	return 0;
}
