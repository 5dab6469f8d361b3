/* Two groups: while some ranks have yet to learn that their calls in the one do
 * not match, others know, and go on to the other. */
#define _GNU_SOURCE
#include "cores.h"
#include "runner.h"
#include "scenarios.h"

#include <string.h>

enum { RANKS = 4, READY = 1, TIMES = SANITIZED ? 100 : 400 };

static int plan; /* which time */

/* It is the mismatch in the first group that is told, whatever was called or
 * refused in the second since. */
static void expect_first_mismatch(cohort_status status, const char *where)
{
	const char *sentence = cohort_error();

	EXPECT(status == COHORT_EMISMATCH && strstr(sentence, "cohort_bcast") &&
	           strstr(sentence, "cohort_barrier") &&
	           strstr(sentence, "made different calls"),
	       "time %d, %s: %s: %s", plan, where, cohort_status_name(status),
	       sentence);
}

static void expect_refused(cohort_status status)
{
	EXPECT(status == COHORT_EINVAL || status == COHORT_EMISMATCH,
	       "time %d, refused: %s: %s", plan, cohort_status_name(status),
	       cohort_error());
}

static void go_on_in(cohort *group)
{
	int64_t one = 1;
	int64_t sum = 0;

	expect_refused(
	    cohort_gatherv(group, &one, 1, NULL, NULL, COHORT_INT64, RANKS));
	expect_refused(
	    cohort_allreduce(group, NULL, &sum, 1, COHORT_INT64, COHORT_SUM));
	expect_first_mismatch(
	    cohort_allreduce(group, &one, &sum, 1, COHORT_INT64, COHORT_SUM),
	    "second group");
}

static void differ_and_go_on(void)
{
	cohort *first;
	cohort *second = NULL;
	int32_t data[4] = {0};

	cores_pretend(plan % 2 ? RANKS : 0);
	first = enter(RANKS, 10);
	const int rank = cohort_rank(first);
	cohort_status status = cohort_open(NULL, &second);
	EXPECT(status == COHORT_OK, "open: %s", cohort_error());
	ranks_barrier(first, READY);
	status = rank == plan / 2 % RANKS
	             ? cohort_barrier(first)
	             : cohort_bcast(first, data, 4, COHORT_INT32, 0);
	/* A rank that has not waited for the one that differs learns of it in its
	 * next call, and again in the first group's next one. */
	const bool left =
	    status == COHORT_OK && !over_sockets() && plan / 2 % RANKS != 0;
	if (!left)
		expect_first_mismatch(status, "first group");
	go_on_in(second);
	EXPECT(cohort_close(second) == COHORT_OK, "%s", cohort_error());
	status = cohort_close(first);
	if (left)
		expect_first_mismatch(status, "closing");
	else
		EXPECT(status == COHORT_OK, "%s", cohort_error());
}

void scenario_mismatch_beside_refusals(void)
{
	for (plan = 0; plan < TIMES; plan++)
		EXPECT(run(differ_and_go_on).code == 0, "exit status");
}
