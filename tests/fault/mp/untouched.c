/* Signal handlers, the signal mask and errno, around every call, also around
 * those that fail, and from another thread than the first ones. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANKS = 4, ERRNO = 12345 };

static int plan; /* whether there are RANKS, or one */

static char folder[64]; /* of a journal */

static void handler(int number)
{
	(void)number;
}

/* Of the C library, in every action that has been set by it once. */
#define RESTORER 0x04000000

/* State of the process that a call must not change. */
struct surroundings {
	sigset_t mask;
	struct sigaction actions[NSIG];
};

static struct surroundings look_around(void)
{
	struct surroundings found;

	memset(&found, 0, sizeof(found));
	sigprocmask(SIG_SETMASK, NULL, &found.mask);
	for (int s = 1; s < NSIG; s++)
		sigaction(s, NULL, &found.actions[s]);
	return found;
}

static void expect_same(const struct surroundings *before, const char *call)
{
	const struct surroundings after = look_around();

	for (int s = 1; s < NSIG; s++) {
		EXPECT(after.actions[s].sa_handler ==
		               before->actions[s].sa_handler &&
		           (after.actions[s].sa_flags | RESTORER) ==
		               (before->actions[s].sa_flags | RESTORER),
		       "%s: what signal %d does", call, s);
		EXPECT(sigismember(&after.mask, s) ==
		           sigismember(&before->mask, s),
		       "%s: whether signal %d is blocked", call, s);
	}
}

/* `call` is evaluated with errno set, and is to leave it. */
#define EXPECT_KEPT(call, wanted)                                           \
	do {                                                                \
		errno = ERRNO;                                              \
		cohort_status got = (call);                                 \
		const int number = errno;                                   \
		EXPECT(number == ERRNO, "%s: errno was changed to %d (%s)", \
		       #call, number, strerror(number));                    \
		EXPECT(got == (wanted), "%s: %s: %s", #call,                \
		       cohort_status_name(got), cohort_error());            \
		expect_same(&before, #call);                                \
	} while (0)

static int do_nothing(cohort_task *task)
{
	return cohort_task_result(task, 100) ? 0 : -1;
}

/* A journal that is not there, one without a result, and all answers of one
 * with results. */
static void read_journals(cohort *group, const struct surroundings *at_first)
{
	const struct surroundings before = *at_first;
	const cohort_job job = {
	    .execute = do_nothing, .param_bytes = 4, .journal = folder};
	const int params[2] = {1, 2};
	cohort_journal *journal = NULL;
	cohort_result result;
	bool end = false;

	EXPECT_KEPT(cohort_journal_open("no/such/folder", &journal),
	            COHORT_EINVAL);
	EXPECT_KEPT(cohort_journal_open("/", &journal), COHORT_EINVAL);
	EXPECT_KEPT(cohort_scatter(group, &job, params, 2), COHORT_OK);
	EXPECT_KEPT(cohort_journal_open(folder, &journal), COHORT_OK);
	for (int i = 0; i < 3; i++)
		EXPECT_KEPT(cohort_journal_next(journal, &result, &end),
		            COHORT_OK);
	EXPECT(end, "there are more than two results");
	errno = ERRNO;
	cohort_journal_close(journal);
	EXPECT(errno == ERRNO, "cohort_journal_close: errno was changed");
}

static void add_up(cohort *group, const struct surroundings *at_first)
{
	const struct surroundings before = *at_first;
	const double large[2] = {DBL_MAX, DBL_MAX};
	double sum = 0;

	EXPECT_KEPT(cohort_sum(group, large, 2, &sum), COHORT_OK);
	EXPECT(isinf(sum), "the sum is %g", sum);
}

static void call_everything(cohort *group, const struct surroundings *at_first)
{
	const struct surroundings before = *at_first;
	const int size = cohort_size(group);
	int data[4000] = {0};
	int all[4000 * RANKS];
	size_t counts[RANKS] = {4000, 4000, 4000, 4000};
	cohort_blob object = {data, cohort_is_root(group) ? sizeof(data) : 0};
	cohort_blob *objects = NULL;
	cohort_results *results = NULL;
	const cohort_job job = {.execute = do_nothing, .param_bytes = 4};

	EXPECT_KEPT(cohort_barrier(group), COHORT_OK);
	EXPECT_KEPT(cohort_bcast(group, data, 4000, COHORT_INT32, size - 1),
	            COHORT_OK);
	EXPECT_KEPT(cohort_gatherv(group, data, 4000, all, counts, COHORT_INT32,
	                           size - 1),
	            COHORT_OK);
	EXPECT_KEPT(
	    cohort_allgatherv(group, data, 4000, all, counts, COHORT_INT32),
	    COHORT_OK);
	EXPECT_KEPT(
	    cohort_allreduce(group, data, all, 4000, COHORT_INT32, COHORT_SUM),
	    COHORT_OK);
	EXPECT_KEPT(cohort_bcast_object(group, &object, 0), COHORT_OK);
	EXPECT_KEPT(cohort_allgather_objects(group, object, &objects),
	            COHORT_OK);
	EXPECT_KEPT(cohort_scatter(group, &job, data, 100), COHORT_OK);
	EXPECT_KEPT(cohort_gather(group, &results), COHORT_OK);
	cohort_results_free(results);
	EXPECT_KEPT(cohort_gather_to_root(group, &results), COHORT_OK);
	cohort_results_free(results);
	add_up(group, at_first);
	read_journals(group, at_first);
	free(objects);
	if (!cohort_is_root(group))
		free(object.data);
	/* Last: it breaks the peers' groups. */
	EXPECT_KEPT(cohort_bcast(NULL, data, 4, COHORT_INT32, 0),
	            COHORT_EINVAL);
	EXPECT_KEPT(cohort_close(group), COHORT_OK);
}

static void open_and_call_everything(void)
{
	cohort *group = NULL;
	cohort_prediction *prediction = NULL;
	const cohort_options options = {.backend = plan ? "mp" : "serial",
	                                .size = plan ? RANKS : 0};
	sigset_t some;

	/* Neither the handlers nor the mask are what they usually are. */
	sigemptyset(&some);
	sigaddset(&some, SIGUSR2);
	sigaddset(&some, SIGCHLD);
	sigaddset(&some, SIGTERM);
	sigprocmask(SIG_BLOCK, &some, NULL);
	signal(SIGUSR1, handler);
	signal(SIGCHLD, handler);
	signal(SIGPIPE, handler);
	const struct surroundings before = look_around();
	EXPECT_KEPT(cohort_predict(&options, &prediction), COHORT_OK);
	cohort_prediction_free(prediction);
	EXPECT_KEPT(cohort_open(&options, &group), COHORT_OK);
	call_everything(group, &before);
}

static void run_everything(void)
{
	char command[sizeof(folder) + 16];

	strcpy(folder, "/tmp/cohort-untouched-XXXXXX");
	if (!EXPECT(mkdtemp(folder), "mkdtemp"))
		return;
	EXPECT(run(open_and_call_everything).code == 0, "exit status");
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	EXPECT(system(command) == 0, "%s", command);
}

void scenario_signals_and_errno(void)
{
	plan = 1;
	run_everything();
}

void scenario_signals_and_errno_serial(void)
{
	plan = 0;
	run_everything();
}

/* What breaks the group. */
static struct {
	enum { OTHER_CALL, DEATH, LATENESS } reason;
	cohort_status wanted;
} breaking;

static double timeout; /* seconds; rank 1 comes when it has passed */

enum { TOLD = 1, CLOSED };

/* On rank 1, while the others wait so long that they have gone to sleep. */
static void break_group(cohort *group, const struct surroundings *at_first)
{
	const struct surroundings before = *at_first;
	int data = 0;

	nap(0.1);
	if (breaking.reason == DEATH)
		raise(SIGKILL);
	if (breaking.reason == LATENESS)
		await(0, TOLD);
	if (breaking.reason == OTHER_CALL)
		EXPECT_KEPT(cohort_bcast(group, &data, 1, COHORT_INT32, 0),
		            breaking.wanted);
}

static void call_until_broken(void)
{
	cohort *group =
	    enter(RANKS, breaking.reason == LATENESS ? timeout : 60);
	const int rank = cohort_rank(group);
	const struct surroundings before = look_around();

	EXPECT_KEPT(cohort_barrier(group), COHORT_OK);
	if (rank == 1)
		break_group(group, &before);
	else
		EXPECT_KEPT(cohort_barrier(group), breaking.wanted);
	reach(rank, TOLD);
	EXPECT_KEPT(cohort_barrier(group), breaking.wanted);
	/* Once rank 0 has left, the ranks that are late are killed soon. */
	for (int r = 1; r < RANKS && breaking.reason == LATENESS; r++)
		if (rank == 0)
			await(r, CLOSED);
	EXPECT_KEPT(cohort_close(group), COHORT_OK);
	reach(rank, CLOSED);
}

void scenario_errno_when_broken(void)
{
	breaking.reason = OTHER_CALL;
	breaking.wanted = COHORT_EMISMATCH;
	EXPECT(run(call_until_broken).code == 0, "mismatch: exit status");
	breaking.reason = DEATH;
	breaking.wanted = COHORT_EPEER;
	EXPECT(run(call_until_broken).code == 128 + SIGKILL,
	       "death: exit status");
	breaking.reason = LATENESS;
	breaking.wanted = COHORT_ETIMEOUT;
	timeout = 0.3 * pace_now();
	EXPECT(run(call_until_broken).code == 0, "lateness: exit status");
}

/* Calls that move something, and that some ranks have to sleep in. */
static void *call_from_thread(void *argument)
{
	cohort *group = argument;
	const struct surroundings before = look_around();
	const int rank = cohort_rank(group);
	int data[4000] = {0};

	for (int late = 0; late < RANKS; late++) {
		if (rank == late)
			nap(0.05);
		EXPECT_KEPT(cohort_bcast(group, data, 4000, COHORT_INT32, late),
		            COHORT_OK);
		if (rank == late)
			nap(0.05);
		EXPECT_KEPT(cohort_allreduce(group, COHORT_IN_PLACE, data, 4000,
		                             COHORT_INT32, COHORT_SUM),
		            COHORT_OK);
	}
	return NULL;
}

static void call_in_a_thread(cohort *group)
{
	pthread_t thread;

	if (!EXPECT(!pthread_create(&thread, NULL, call_from_thread, group),
	            "no thread"))
		exit(1);
	pthread_join(thread, NULL);
}

/* The first calls are another thread's, which is gone then, and so is its
 * errno. */
static void call_from_threads(void)
{
	cohort *group = enter(RANKS, 60);

	call_in_a_thread(group);
	call_from_thread(group);
	call_in_a_thread(group);
	EXPECT(cohort_close(group) == COHORT_OK, "%s", cohort_error());
}

void scenario_errno_of_threads(void)
{
	EXPECT(run(call_from_threads).code == 0, "exit status");
}
