/*
 * host_rounds CALL ROUNDS   a collective call again and again, until it fails
 * host_rounds version       print the version of cohort
 *
 * Each rank appends lines to the file LINES_TO: "opening" before it opens its group,
 * "ready RANK" after the first round, "done RANK" after the last one, and if the open or
 * the call fails
 *
 *   cannot open: STATUS: SENTENCE
 *   failed RANK STATUS after S s: SENTENCE
 *
 * where S is the time since the call was made. It then waits, because launchers
 * end a job with the first rank that exits. With LEAVE=abort, rank 1 calls
 * cohort_abort with 9 after the first rounds; with LEAVE=exit, it exits with 5. The
 * roots change from round to round, so that every rank waits for every other one. With
 * UNTIL=FILE the rounds end when rank 0 sees that file. The variable "options.backend"
 * has the backend that the program names.
 */
#define _POSIX_C_SOURCE 200809L
#include "clock.h"
#include "cohort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RANKS_MOST = 16, TASKS = 6 };

static cohort *group;
static int rank, size;

static int square(cohort_task *task)
{
	const int64_t *x = cohort_task_param(task);
	int64_t *result = cohort_task_result(task, sizeof(*result));

	if (!result)
		return 1;
	nap(0.002);
	*result = *x * *x;
	return 0;
}

static void expect(bool right)
{
	if (right)
		return;
	printf("WRONG %d\n", rank);
	_Exit(99);
}

static cohort_status do_barrier(int root)
{
	(void)root;
	return cohort_barrier(group);
}

static cohort_status do_bcast(int root)
{
	int64_t x = rank;
	const cohort_status status =
	    cohort_bcast(group, &x, 1, COHORT_INT64, root);

	expect(status != COHORT_OK || x == root);
	return status;
}

static cohort_status do_gatherv(int root)
{
	const int64_t mine = rank;
	int64_t all[RANKS_MOST];
	size_t counts[RANKS_MOST];

	for (int r = 0; r < size; r++)
		counts[r] = 1;
	const cohort_status status =
	    cohort_gatherv(group, &mine, 1, all, counts, COHORT_INT64, root);
	for (int r = 0; status == COHORT_OK && rank == root && r < size; r++)
		expect(all[r] == r);
	return status;
}

static cohort_status do_allgatherv(int root)
{
	const int64_t mine = rank;
	int64_t all[RANKS_MOST];
	size_t counts[RANKS_MOST];

	(void)root;
	for (int r = 0; r < size; r++)
		counts[r] = 1;
	const cohort_status status =
	    cohort_allgatherv(group, &mine, 1, all, counts, COHORT_INT64);
	for (int r = 0; status == COHORT_OK && r < size; r++)
		expect(all[r] == r);
	return status;
}

static cohort_status do_allreduce(int root)
{
	const int64_t mine = rank;
	int64_t sum = -1;
	const cohort_status status =
	    cohort_allreduce(group, &mine, &sum, 1, COHORT_INT64, COHORT_SUM);

	(void)root;
	expect(status != COHORT_OK || sum == size * (size - 1) / 2);
	return status;
}

static cohort_status do_sum(int root)
{
	const double mine = 0.5 * rank;
	double sum = -1;
	const cohort_status status = cohort_sum(group, &mine, 1, &sum);

	(void)root;
	expect(status != COHORT_OK || sum == 0.25 * size * (size - 1));
	return status;
}

/* In one piece or two, which match on other ranks. */
static cohort_status do_bcast_object(int root)
{
	int64_t x = rank;
	char *const bytes = (char *)&x;
	cohort_blob pieces[] = {{bytes, 3}, {bytes + 3, sizeof(x) - 3}};
	cohort_blob blob = {NULL, 0};

	if (rank == root && root != 1)
		blob = (cohort_blob){&x, sizeof(x)};
	const cohort_status status =
	    root == 1 ? cohort_bcast_pieces(group, pieces, 2, &blob, root)
	              : cohort_bcast_object(group, &blob, root);
	if (status != COHORT_OK || rank == root)
		return status;
	expect(*(const int64_t *)blob.data == root);
	free(blob.data);
	return status;
}

static cohort_status do_allgather_objects(int root)
{
	int64_t x = rank;
	char *const bytes = (char *)&x;
	const cohort_blob pieces[] = {{bytes, 3}, {bytes + 3, sizeof(x) - 3}};
	cohort_blob *all = NULL;
	const cohort_status status =
	    rank == root ? cohort_allgather_pieces(group, pieces, 2, &all)
	                 : cohort_allgather_objects(
	                       group, (cohort_blob){&x, sizeof(x)}, &all);

	for (int r = 0; status == COHORT_OK && r < size; r++)
		expect(*(const int64_t *)all[r].data == r);
	if (status == COHORT_OK)
		free(all);
	return status;
}

/* To rank 0 or to all. */
static cohort_status collect(int root, cohort_results **results)
{
	return root == 0 ? cohort_gather_to_root(group, results)
	                 : cohort_gather(group, results);
}

static cohort_status do_sweep(int root)
{
	const cohort_job job = {.execute = square,
	                        .param_bytes = sizeof(int64_t)};
	int64_t params[TASKS];
	cohort_results *results = NULL;
	size_t count = 0;

	for (int i = 0; i < TASKS; i++)
		params[i] = i;
	cohort_status status = cohort_scatter(group, &job, params, TASKS);
	if (status == COHORT_OK)
		status = collect(root, &results);
	if (status != COHORT_OK)
		return status;
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		expect(*(const int64_t *)all[i].data ==
		       (int64_t)(all[i].index * all[i].index));
	cohort_results_free(results);
	return status;
}

/* Results of more than a piece, around the ring of nodes and to rank 0. */
enum { LARGE_BYTES = 1 << 20 };

static int fill_large(cohort_task *task)
{
	const int64_t *x = cohort_task_param(task);
	unsigned char *result = cohort_task_result(task, LARGE_BYTES);

	if (!result)
		return 1;
	memset(result, (int)*x + 1, LARGE_BYTES);
	return 0;
}

static cohort_status sweep_large(void)
{
	const cohort_job job = {.execute = fill_large,
	                        .param_bytes = sizeof(int64_t)};
	int64_t params[TASKS];

	for (int i = 0; i < TASKS; i++)
		params[i] = i;
	return cohort_scatter(group, &job, params, TASKS);
}

/* Of one sweep, again and again. */
static cohort_status do_gather(int root)
{
	static bool swept;
	cohort_results *results = NULL;
	cohort_status status = swept ? COHORT_OK : sweep_large();
	size_t count = 0;

	swept = true;
	if (status == COHORT_OK)
		status = collect(root, &results);
	if (status != COHORT_OK)
		return status;
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++) {
		const unsigned char *data = all[i].data;
		expect(data[0] == all[i].index + 1 &&
		       data[LARGE_BYTES - 1] == all[i].index + 1);
	}
	cohort_results_free(results);
	return status;
}

enum { HELD_TASKS = 1500, HELD_BYTES = 64 * 1024 };

static size_t delivered;

static int take_result(void *arg, const cohort_result *result)
{
	(void)arg;
	expect(result->status == COHORT_OK && result->index < HELD_TASKS);
	delivered++;
	return 0;
}

/* The last rank's tasks take long: rank 0 soon has as many results as it may
 * hold, and all wait for the next one of that rank. */
static int be_held_up(cohort_task *task)
{
	if (rank == size - 1)
		nap(0.2);
	return cohort_task_result(task, HELD_BYTES) == NULL;
}

/* Results as they come. After some small sweeps, which differ, one in which ranks
 * wait for room. */
static cohort_status do_deliveries(int root)
{
	static int round;
	const bool is_small = round <= size;
	const int kind = is_small ? round % 4 : 2;
	const cohort_job job = {.execute = is_small ? square : be_held_up,
	                        .param_bytes = sizeof(int64_t),
	                        .on_result = take_result,
	                        .discard = kind == 1 || kind == 2,
	                        .ordered = kind == 2,
	                        .isolate = kind == 3};
	const size_t count = is_small ? TASKS : HELD_TASKS;
	static int64_t params[HELD_TASKS];

	(void)root;
	round++;
	delivered = 0;
	const cohort_status status = cohort_scatter(group, &job, params, count);
	expect(status != COHORT_OK || rank > 0 || delivered == count);
	return status;
}

/* Rank 0 opens another group, and nobody comes. */
static cohort_status do_open(int root)
{
	cohort *other = NULL;

	(void)root;
	if (rank > 0)
		nap(3600);
	return cohort_open(NULL, &other);
}

static const struct {
	const char *name;
	cohort_status (*call)(int root);
} calls[] = {
    {"barrier", do_barrier},
    {"bcast", do_bcast},
    {"gatherv", do_gatherv},
    {"allgatherv", do_allgatherv},
    {"allreduce", do_allreduce},
    {"sum", do_sum},
    {"bcast_object", do_bcast_object},
    {"allgather_objects", do_allgather_objects},
    {"gather", do_gather},
    {"sweep", do_sweep},
    {"deliveries", do_deliveries},
    {"open", do_open},
};

/* While the others are in the next round. They have said that they are ready. */
static void leave(const char *how)
{
	nap(0.1);
	if (!strcmp(how, "abort"))
		cohort_abort(group, 9);
	exit(5);
}

static bool is_over(void)
{
	const char *file = getenv("UNTIL");
	int64_t over = file && access(file, F_OK) == 0;

	if (file && cohort_bcast(group, &over, 1, COHORT_INT64, 0) != COHORT_OK)
		expect(false);
	return over;
}

static void make_rounds(cohort_status (*call)(int root), int rounds)
{
	cohort_status status = COHORT_OK;
	double begin = now();

	for (int i = 0; i < rounds && !is_over(); i++) {
		begin = now();
		status = call(i % size);
		if (status != COHORT_OK)
			break;
		if (i == size)
			printf("ready %d\n", rank);
		if (i == size + 1 && rank == 1 && getenv("LEAVE"))
			leave(getenv("LEAVE"));
		nap(0.005);
	}
	if (status == COHORT_OK)
		return;
	printf("failed %d %s after %.2f s: %s\n", rank,
	       cohort_status_name(status), now() - begin, cohort_error());
	nap(3600);
}

int main(int argc, char *argv[])
{
	const char *lines = getenv("LINES_TO");

	if (argc == 2 && !strcmp(argv[1], "version"))
		return puts(cohort_version()) == EOF;
	if (argc < 3 || !lines || !freopen(lines, "a", stdout))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	const cohort_options options = {.backend = getenv("options.backend")};
	puts("opening");
	const cohort_status status = cohort_open(&options, &group);
	if (status != COHORT_OK) {
		printf("cannot open: %s: %s\n", cohort_status_name(status),
		       cohort_error());
		nap(3600);
	}
	rank = cohort_rank(group);
	size = cohort_size(group);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(calls[i].name, argv[1]))
			make_rounds(calls[i].call, atoi(argv[2]));
	printf("done %d\n", rank);
	return cohort_close(group) != COHORT_OK;
}
