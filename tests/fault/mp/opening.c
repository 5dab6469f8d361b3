/* Opening, where a system call fails at its n-th time, for every n. */
#define _GNU_SOURCE
#include "hooks.h"
#include "runner.h"
#include "scenarios.h"
#include "state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RANKS = 3, CALLS_MOST = 100, ATTEMPTS = 200 };

static const struct {
	const char *call;
	int number;
	const char *words;
} kinds[] = {
#define ROW(name, call, number, words) {#call, number, words},
    HOOK_MAP(ROW)
#undef ROW
};

static struct {
	enum hook kind;
	enum hook_mode mode;
	int at;
} plan;

static const cohort_options options = {.backend = "mp", .size = RANKS};

static void arm(void)
{
	hooks->kind = plan.kind;
	hooks->mode = plan.mode;
	atomic_store(&hooks->count, 0);
	atomic_store(&hooks->at, plan.at);
}

/* The ranks that an open has made can work. */
static void work(cohort *group)
{
	cohort_status status = cohort_barrier(group);

	EXPECT(status == COHORT_OK, "barrier: %s", cohort_error());
	status = cohort_close(group);
	EXPECT(status == COHORT_OK, "close: %s", cohort_error());
}

/* In rank 0, where the first open failed. */
static void expect_named(cohort_status status)
{
	const cohort_status wanted =
	    kinds[plan.kind].number == ENOMEM ? COHORT_ENOMEM : COHORT_ESYS;

	EXPECT(status == wanted && strstr(cohort_error(), "cohort_open") &&
	           strstr(cohort_error(), kinds[plan.kind].words) &&
	           strstr(cohort_error(), strerror(kinds[plan.kind].number)),
	       "%s %d: %s: %s", kinds[plan.kind].call, plan.at,
	       cohort_status_name(status), cohort_error());
}

/* The first open, with the injection, which a peer must not come back from
 * unless all ranks do. */
static cohort_status open_injected(cohort **group)
{
	const pid_t self = getpid();

	arm();
	shared->slots[0].began = now();
	cohort_status status = cohort_open(&options, group);
	if (getpid() != self) {
		if (status == COHORT_OK)
			work(*group);
		else
			atomic_fetch_add(&shared->strays, 1);
		exit(0);
	}
	shared->slots[0].returned = now();
	shared->slots[0].status = (int)status;
	atomic_store(&hooks->at, 0);
	return status;
}

static void try_to_open(void)
{
	cohort *group = NULL;
	const struct state before = state_now();
	cohort_status status = open_injected(&group);

	if (status != COHORT_OK) {
		expect_named(status);
		state_expect_same(&before, kinds[plan.kind].call);
		status = cohort_open(&options, &group);
		if (!EXPECT(status == COHORT_OK, "again: %s", cohort_error()))
			return;
	}
	work(group);
}

/* Whether there was an n-th call. */
static bool inject(double *slowest, int *failed)
{
	hooks_reset();
	const struct ending ending = run(try_to_open);
	const struct slot *slot = &shared->slots[0];
	const double took = slot->returned - slot->began;

	if (atomic_load(&hooks->count) < plan.at)
		return false;
	EXPECT(ending.code == 0, "%s %d: exit status %d", kinds[plan.kind].call,
	       plan.at, ending.code);
	EXPECT_WITHIN(slot->began, slot->returned, 5, "%s %d",
	              kinds[plan.kind].call, plan.at);
	EXPECT(atomic_load(&shared->strays) == 0,
	       "%s %d: a peer came back from an open that failed",
	       kinds[plan.kind].call, plan.at);
	*slowest = took > *slowest ? took : *slowest;
	*failed += slot->status != COHORT_OK;
	return true;
}

static void inject_all(enum hook kind)
{
	double slowest = 0;
	int calls = 0;
	int failed = 0;

	plan.kind = kind;
	for (int mode = ONCE; mode <= FROM_THEN_ON; mode++) {
		plan.mode = (enum hook_mode)mode;
		for (plan.at = 1; plan.at < CALLS_MOST; plan.at++, calls++)
			if (!inject(&slowest, &failed))
				break;
	}
	EXPECT(failed > 0, "%s was never called", kinds[kind].call);
	figure("%s: %d of %d injected failures made open fail, the slowest "
	       "after %.1f ms (promised: 1 s)",
	       kinds[kind].call, failed, calls, 1e3 * slowest);
}

#define SCENARIO(name, call, number, words) \
	void scenario_open_##call(void)     \
	{                                   \
		inject_all(HOOK_##name);    \
	}
HOOK_MAP(SCENARIO)

/* Failing again and again costs nothing that lasts. */
static void fail_many_times(void)
{
	cohort *group = NULL;
	struct state before = {0};

	plan.kind = HOOK_SENDMSG;
	plan.mode = ONCE;
	for (int i = 0; i < ATTEMPTS; i++) {
		plan.at = 1;
		if (i == ATTEMPTS / 10)
			before = state_now();
		cohort_status status = open_injected(&group);
		expect_named(status);
	}
	state_expect_same(&before, "after many failures");
	const long pages = state_now().pages - before.pages;
	EXPECT(SANITIZED || pages < 50, "%ld pages more", pages);
	figure("%d failed opens: %ld pages more", ATTEMPTS, pages);
	if (cohort_open(&options, &group) == COHORT_OK)
		work(group);
	else
		EXPECT(false, "at last: %s", cohort_error());
}

void scenario_open_fails_many_times(void)
{
	hooks_reset();
	EXPECT(run(fail_many_times).code == 0, "exit status");
}
