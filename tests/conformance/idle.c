/* Rank 0 runs no task, so that one machine may have no worker: its tasks have to go
 * to others at once, since results that come in order wait for the first one and
 * have little room. */
#include "parts.h"

#include <string.h>

/* Together twice what may wait on rank 0. */
enum { TASKS = 1300, RESULT_BYTES = 100000 };

struct order {
	size_t next;
	bool fails; /* build, on rank 0 */
};

static int build_on_others(void *arg, void **state)
{
	const struct order *order = arg;

	*state = arg;
	return order->fails;
}

static int fill(cohort_task *task)
{
	void *result = cohort_task_result(task, RESULT_BYTES);

	memset(result, (int)(cohort_task_index(task) % 251), RESULT_BYTES);
	return 0;
}

static int expect_next(void *arg, const cohort_result *result)
{
	struct order *order = arg;
	const unsigned char *data = result->data;
	const unsigned char filled = (unsigned char)(order->next % 251);

	CHECK(result->status == COHORT_OK && result->index == order->next &&
	          result->bytes == RESULT_BYTES,
	      "result %zu, not %zu, with %zu bytes: %s", result->index,
	      order->next, result->bytes, result->error);
	CHECK(data[0] == filled && data[RESULT_BYTES - 1] == filled,
	      "result %zu has %d and %d", order->next, data[0],
	      data[RESULT_BYTES - 1]);
	order->next++;
	return 0;
}

static void checks_order(const struct run *run, bool idle)
{
	struct order order = {.fails = !idle && run->rank == 0};
	const cohort_job job = {.build = build_on_others,
	                        .execute = fill,
	                        .arg = &order,
	                        .idle_root = idle,
	                        .on_result = expect_next,
	                        .ordered = true,
	                        .discard = true};

	check_case("ordered and discarded, %s",
	           idle ? "the root is idle" : "build fails on the root");
	MUST(cohort_scatter(run->group, &job, NULL, TASKS));
	if (run->rank == 0)
		CHECK(order.next == TASKS, "%zu results", order.next);
}

void part_idle(const struct run *run)
{
	if (run->size == 1)
		return;
	checks_order(run, true);
	checks_order(run, false);
}
