#include "target_more.h"

#include "target_report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SMALL_BYTES = 100, LARGE_BYTES = 100000, VALUES = 50 };
enum { FEW_TASKS = 3, LATE_TASK = 1 };

static unsigned char byte(int rank, size_t i)
{
	return (unsigned char)((size_t)rank * 31 + i * 7);
}

static void check_bytes(const char *call, const cohort_blob *blob, int rank)
{
	const unsigned char *data = blob->data;

	if (blob->bytes != SMALL_BYTES + LARGE_BYTES) {
		wrong("%s: %zu bytes", call, blob->bytes);
		return;
	}
	for (size_t i = 0; i < blob->bytes; i++)
		if (data[i] != byte(rank, i)) {
			wrong("%s: byte %zu of rank %d", call, i, rank);
			return;
		}
}

static void run_sum(cohort *group)
{
	double values[VALUES];
	const int size = cohort_size(group);
	double sum;

	for (int i = 0; i < VALUES; i++)
		values[i] = cohort_rank(group) + 0.5;
	if (ok("sum", cohort_sum(group, values, VALUES, &sum)) &&
	    sum != VALUES * size * (size - 1) / 2 + VALUES * size * 0.5)
		wrong("sum: %g", sum);
}

static void run_pieces(cohort *group, unsigned char *bytes)
{
	const cohort_blob pieces[] = {{bytes, SMALL_BYTES},
	                              {bytes + SMALL_BYTES, LARGE_BYTES}};
	const bool is_root = cohort_is_root(group);
	cohort_blob object = {0};
	cohort_blob *all;

	if (ok("bcast_pieces",
	       cohort_bcast_pieces(group, pieces, 2, &object, 0)) &&
	    !is_root)
		check_bytes("bcast_pieces", &object, 0);
	if (!is_root)
		free(object.data);
	if (!ok("allgather_pieces",
	        cohort_allgather_pieces(group, pieces, 2, &all)))
		return;
	for (int r = 0; r < cohort_size(group); r++)
		check_bytes("allgather_pieces", &all[r], r);
	free(all);
}

static void run_bcast_object(cohort *group, unsigned char *bytes)
{
	cohort_blob object = {0};

	if (cohort_is_root(group))
		object = (cohort_blob){bytes, SMALL_BYTES + LARGE_BYTES};
	if (ok("bcast_object", cohort_bcast_object(group, &object, 0)))
		check_bytes("bcast_object", &object, 0);
	if (!cohort_is_root(group))
		free(object.data);
}

static void run_predict(void)
{
	const char *backend = getenv("COHORT_BACKEND");
	cohort_prediction *prediction;

	if (!ok("predict", cohort_predict(NULL, &prediction)))
		return;
	if (prediction->status == COHORT_OK &&
	    strcmp(prediction->backend, backend) != 0)
		wrong("predict: %s", prediction->backend);
	else if (prediction->status != COHORT_OK)
		failed("predict", prediction->status, prediction->error);
	cohort_prediction_free(prediction);
}

void run_more_collectives(cohort *group)
{
	static unsigned char bytes[SMALL_BYTES + LARGE_BYTES];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = byte(cohort_rank(group), i);
	run_predict();
	run_sum(group);
	run_bcast_object(group, bytes);
	run_pieces(group, bytes);
}

int look_at_result(void *arg, const cohort_result *result)
{
	struct seen *seen = arg;

	/* A sweep that ends before all tasks have run leaves some out. */
	if (result->index < seen->next)
		wrong("on_result: %zu after %zu", result->index,
		      seen->next - 1);
	check_result(result, result->index);
	seen->next = result->index + 1;
	seen->count++;
	seen->failed += result->status != COHORT_OK;
	return 0;
}

/* Of a sweep whose results were released, but for those of failed tasks. */
static void gather_failed(cohort *group, size_t expected)
{
	cohort_results *results;
	size_t count;

	if (!ok("gather_to_root", cohort_gather_to_root(group, &results)))
		return;
	const cohort_result *all = cohort_results_all(results, &count);
	if (cohort_is_root(group) && count != expected)
		wrong("gather_to_root: %zu results, not %zu", count, expected);
	for (size_t i = 0; all && i < count; i++)
		check_result(&all[i], all[i].index);
	cohort_results_free(results);
}

/* Results come in order and are released, and a task is tried again. */
static void run_results(cohort *group)
{
	struct seen seen = {0};
	const cohort_job job = {
	    .execute = execute,
	    .arg = &seen,
	    .isolate = true,
	    .timeout = 1000,
	    .retries = 1,
	    .on_result = look_at_result,
	    .ordered = true,
	    .discard = true,
	};
	int params[TASKS][TASKS];
	cohort_blob sets[TASKS];

	for (int i = 0; i < TASKS; i++) {
		params[i][0] = i;
		memset(&params[i][1], 0, sizeof(params[i]) - sizeof(int));
		sets[i] =
		    (cohort_blob){params[i], (size_t)(i + 1) * sizeof(int)};
	}
	crashes = true;
	const bool done = ok("scatter_objects",
	                     cohort_scatter_objects(group, &job, sets, TASKS));
	crashes = false;
	if (done && cohort_is_root(group) && seen.count != TASKS)
		wrong("on_result: %zu results", seen.count);
	if (done)
		gather_failed(group, seen.failed);
}

static void read_journal(void)
{
	cohort_journal *journal;
	cohort_result result;
	bool end = false;
	bool found[TASKS] = {false};
	size_t count = 0;

	if (!ok("journal_open", cohort_journal_open("own2", &journal)))
		return;
	while (!end && ok("journal_next",
	                  cohort_journal_next(journal, &result, &end))) {
		if (end || result.index >= TASKS)
			continue;
		check_result(&result, result.index);
		count += !found[result.index];
		found[result.index] = true;
	}
	if (end && count != TASKS)
		wrong("journal_next: %zu tasks", count);
	cohort_journal_close(journal);
}

static int execute_late(cohort_task *task)
{
	while (cohort_task_index(task) == LATE_TASK)
		pause();
	return execute(task);
}

static bool is_late(const cohort_result *result)
{
	return result->status == COHORT_ETASK &&
	       strstr(result->error, "time limit");
}

/* A task that its time limit ends. Where all is slow, it may end others, too. */
static void run_late(cohort *group)
{
	const cohort_job job = {
	    .execute = execute_late,
	    .param_bytes = sizeof(int),
	    .isolate = true,
	    .timeout = 0.2,
	};
	cohort_results *results;
	int params[FEW_TASKS];
	size_t count;

	for (int i = 0; i < FEW_TASKS; i++)
		params[i] = i;
	if (!ok("scatter_late",
	        cohort_scatter(group, &job, params, FEW_TASKS)) ||
	    !ok("gather", cohort_gather(group, &results)))
		return;
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		if (!is_late(&all[i]))
			check_result(&all[i], i);
	if (count != FEW_TASKS || !is_late(&all[LATE_TASK]))
		wrong("late: %zu results, task %d not ended", count, LATE_TASK);
	cohort_results_free(results);
}

void run_more_sweeps(cohort *group, bool journals)
{
	const int before = mine->count;

	run_results(group);
	run_late(group);
	if (cohort_is_root(group) && journals && before == 0)
		read_journal();
}
