/* Calls in which the n-th allocation fails, for every n. Each rank returns, and has
 * either all that the call promises, or a status and a sentence that names the
 * call. One of them says that there is no memory. */
#define _GNU_SOURCE
#include "hooks.h"
#include "runner.h"
#include "scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RANKS = 2, TASKS = 12, VALUES = 10000, SMALL = 100, LARGE = 100000 };
enum { AT_MOST = 400, FOLDER_BYTES = 64 };

static char folder[FOLDER_BYTES]; /* of a journal */
static unsigned char bytes[LARGE];
static const cohort_blob pieces[] = {
    {bytes, SMALL}, {bytes, LARGE}, {bytes, SMALL}};
enum { PIECES = sizeof(pieces) / sizeof(*pieces), ALL = LARGE + 2 * SMALL };

static int seen; /* results that on_result got, and that are right */

static bool is_whole(cohort_blob object)
{
	const unsigned char *data = object.data;

	return object.bytes == ALL && !memcmp(data, bytes, SMALL) &&
	       !memcmp(data + SMALL, bytes, LARGE) &&
	       !memcmp(data + SMALL + LARGE, bytes, SMALL);
}

static cohort_status bcast_pieces(cohort *group, bool *right)
{
	cohort_blob object = {NULL, 0};
	const cohort_status status =
	    cohort_bcast_pieces(group, pieces, PIECES, &object, 0);

	*right = cohort_is_root(group) ||
	         (status == COHORT_OK ? is_whole(object) : !object.data);
	free(object.data);
	return status;
}

static cohort_status allgather_pieces(cohort *group, bool *right)
{
	cohort_blob *all = NULL;
	const cohort_status status =
	    cohort_allgather_pieces(group, pieces, PIECES, &all);

	*right = status != COHORT_OK ||
	         (is_whole(all[0]) && is_whole(all[RANKS - 1]));
	free(all);
	return status;
}

static cohort_status add_up(cohort *group, bool *right)
{
	static double values[VALUES];
	double sum = -1;

	/* Every power of two in turn cancels the other rank's. */
	for (int i = 0; i < VALUES; i++)
		values[i] = (cohort_is_root(group) ? 1 : -1) *
		            (double)((uint64_t)1 << i % 50);
	const cohort_status status = cohort_sum(group, values, VALUES, &sum);
	*right = status != COHORT_OK || sum == 0;
	return status;
}

static int square(cohort_task *task)
{
	const size_t i = cohort_task_index(task);
	size_t *result = cohort_task_result(task, sizeof(*result));

	if (!result)
		return -1;
	*result = i * i;
	return 0;
}

/* A task that there was no memory for has failed, and says so. */
static bool is_square(const cohort_result *result)
{
	if (result->status == COHORT_ETASK)
		return strstr(result->error, "no memory") != NULL;
	return result->status == COHORT_OK && result->bytes == sizeof(size_t) &&
	       *(const size_t *)result->data == result->index * result->index;
}

static int see(void *arg, const cohort_result *result)
{
	(void)arg;
	seen += is_square(result);
	return 0;
}

static cohort_job full_job(void)
{
	return (cohort_job){
	    .execute = square,
	    .on_result = see,
	    .ordered = true,
	    .deadline = 10000,
	    .journal = folder,
	    .identity = bytes,
	    .identity_bytes = SMALL,
	    .rerun_failed = true,
	};
}

static cohort_status scatter_objects(cohort *group, bool *right)
{
	const cohort_job job = full_job();
	cohort_blob sets[TASKS];

	for (size_t i = 0; i < TASKS; i++)
		sets[i] = (cohort_blob){bytes, i};
	const cohort_status status =
	    cohort_scatter_objects(group, &job, sets, TASKS);
	*right = status != COHORT_OK || !cohort_is_root(group) || seen == TASKS;
	return status;
}

/* The journal has the results, which are read again one by one. */
static cohort_status resume(cohort *group, bool *right)
{
	cohort_job job = full_job();

	job.discard = true;
	job.param_bytes = sizeof(bytes[0]);
	const cohort_status status = cohort_scatter(group, &job, bytes, TASKS);
	*right = status != COHORT_OK || !cohort_is_root(group) || seen == TASKS;
	return status;
}

static bool make_journal(cohort *group)
{
	cohort_job job = full_job();

	job.param_bytes = sizeof(bytes[0]);
	return cohort_scatter(group, &job, bytes, TASKS) == COHORT_OK;
}

static cohort_status read_journal(cohort *group, bool *right)
{
	cohort_journal *journal;
	cohort_result result;
	bool end = false;
	int count = 0;
	cohort_status status = cohort_journal_open(folder, &journal);

	*right = true;
	(void)group;
	if (status != COHORT_OK)
		return status;
	while (status == COHORT_OK && !end) {
		status = cohort_journal_next(journal, &result, &end);
		count += status == COHORT_OK && !end && is_square(&result);
	}
	*right = status != COHORT_OK || count == TASKS;
	cohort_journal_close(journal);
	return status;
}

/* How its sentences begin; what makes the call possible, or NULL; and whether it
 * can do without the memory. */
static const struct {
	const char *name;
	bool (*prepare)(cohort *group);
	cohort_status (*make)(cohort *group, bool *right);
	bool never_fails;
} calls[] = {
    {"cohort_bcast_pieces", NULL, bcast_pieces, false},
    {"cohort_allgather_pieces", NULL, allgather_pieces, false},
    {"cohort_sum", NULL, add_up, true},
    {"cohort_scatter_objects", NULL, scatter_objects, false},
    {"cohort_scatter", make_journal, resume, false},
    {"cohort_journal_", make_journal, read_journal, false},
};
enum { CALLS = sizeof(calls) / sizeof(*calls) };

static struct {
	int call;
	enum hook kind;
	int at;
} plan;

static void arm(int at)
{
	hooks->kind = plan.kind;
	atomic_store(&hooks->at, at);
}

static void make_call(void)
{
	cohort *group = enter(RANKS, 0);
	const int rank = cohort_rank(group);

	EXPECT(!calls[plan.call].prepare || calls[plan.call].prepare(group),
	       "%s: %s", calls[plan.call].name, cohort_error());
	seen = 0;
	ranks_barrier(group, 1);
	if (rank == 0)
		arm(plan.at);
	ranks_barrier(group, 2);
	keep(rank, calls[plan.call].make(group, &shared->slots[rank].right));
	ranks_barrier(group, 3);
	if (rank == 0)
		arm(0);
	ranks_barrier(group, 4);
	const cohort_status status = cohort_close(group);
	(void)status;
	exit(0);
}

static void remove_journal(void)
{
	char command[FOLDER_BYTES + 16];

	snprintf(command, sizeof(command), "rm -rf %s/*", folder);
	EXPECT(system(command) == 0, "%s", command);
}

/* Returns whether the rank has a status. */
static bool judge_rank(int rank, bool *no_memory)
{
	const struct slot *slot = &shared->slots[rank];
	const cohort_status status = (cohort_status)slot->status;
	const char *name = calls[plan.call].name;

	EXPECT(slot->status != NOT_RETURNED && slot->right,
	       "%s, %s %d: rank %d has wrong data, or has not returned", name,
	       hook_name(plan.kind), plan.at, rank);
	if (status == COHORT_OK)
		return false;
	const bool names = !strncmp(slot->sentence, name, strlen(name));
	EXPECT(names && (status == COHORT_ENOMEM || status == COHORT_EMISMATCH),
	       "%s, %s %d: rank %d: %s: %s", name, hook_name(plan.kind),
	       plan.at, rank, cohort_status_name(status), slot->sentence);
	*no_memory |=
	    status == COHORT_ENOMEM && strstr(slot->sentence, "memory");
	return true;
}

/* Returns whether there was an n-th allocation. */
static bool inject(int *failed)
{
	bool no_memory = false;
	int ranks = 0;

	hooks_reset();
	remove_journal();
	const struct ending ending = run(make_call);
	if (atomic_load(&hooks->count) < plan.at)
		return false;
	for (int r = 0; r < RANKS; r++)
		ranks += judge_rank(r, &no_memory);
	EXPECT(ending.code == 0, "%s, %s %d: exit status %d",
	       calls[plan.call].name, hook_name(plan.kind), plan.at,
	       ending.code);
	EXPECT(ranks == 0 || no_memory,
	       "%s, %s %d: nobody says that there is no memory: %s; %s",
	       calls[plan.call].name, hook_name(plan.kind), plan.at,
	       shared->slots[0].sentence, shared->slots[1].sentence);
	*failed += ranks > 0;
	return true;
}

void scenario_calls_without_memory(void)
{
	strcpy(folder, "/tmp/cohort-no-memory-XXXXXX");
	if (!EXPECT(mkdtemp(folder), "mkdtemp"))
		return;
	for (plan.call = 0; plan.call < CALLS; plan.call++) {
		int made = 0;
		int failed = 0;
		for (int kind = HOOK_MALLOC; kind <= HOOK_CALLOC; kind++) {
			plan.kind = (enum hook)kind;
			for (plan.at = 1; plan.at < AT_MOST; plan.at++, made++)
				if (!inject(&failed))
					break;
		}
		EXPECT(made > 0 &&
		           (failed == 0) == calls[plan.call].never_fails,
		       "%s: %d of %d injected failures made it fail",
		       calls[plan.call].name, failed, made);
		figure("%s: %d of %d injected failures made it fail",
		       calls[plan.call].name, failed, made);
	}
	remove_journal();
	EXPECT(rmdir(folder) == 0, "rmdir %s", folder);
}
