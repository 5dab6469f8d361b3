/* Calls from inside on_result: other ranks cannot join, and the sentence says so.
 * A group that is opened there is serial. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"

#include <pthread.h>

struct caller {
	cohort *group;
	size_t calls;
};

static int do_nothing(cohort_task *task)
{
	(void)task;
	return 0;
}

#define CHECK_REFUSED(call)                                  \
	do {                                                 \
		CHECK_STATUS(COHORT_ESTATE, (call));         \
		CHECK_NAMES("called from inside on_result"); \
	} while (0)

/* Other ranks cannot join these. */
static void make_collectives(cohort *g)
{
	size_t counts[64] = {0};
	double x = 1;
	double y = 3;
	cohort_blob blob = {&x, sizeof(x)};
	cohort_blob *all = NULL;
	cohort_blob copy = {NULL, 0};

	counts[0] = 1;
	CHECK_REFUSED(cohort_barrier(g));
	CHECK_REFUSED(cohort_bcast(g, &x, 1, COHORT_DOUBLE, 0));
	CHECK_REFUSED(cohort_gatherv(g, &x, 1, &y, counts, COHORT_DOUBLE, 0));
	CHECK_REFUSED(cohort_allgatherv(g, &x, 1, &y, counts, COHORT_DOUBLE));
	CHECK_REFUSED(
	    cohort_allreduce(g, &x, &y, 1, COHORT_DOUBLE, COHORT_SUM));
	CHECK_REFUSED(cohort_sum(g, &x, 1, &y));
	CHECK_REFUSED(cohort_bcast_object(g, &blob, 0));
	CHECK_REFUSED(cohort_allgather_objects(g, blob, &all));
	CHECK_REFUSED(cohort_bcast_pieces(g, &blob, 1, &copy, 0));
	CHECK_REFUSED(cohort_allgather_pieces(g, &blob, 1, &all));
	CHECK(x == 1 && y == 3 && blob.data == &x && !all && !copy.data,
	      "an output was written");
}

static void make_sweep_calls(cohort *g)
{
	const cohort_job job = {.execute = do_nothing};
	const cohort_blob blob = {NULL, 0};
	cohort_results *results = NULL;

	CHECK_REFUSED(cohort_scatter(g, &job, NULL, 1));
	CHECK_REFUSED(cohort_scatter_objects(g, &job, &blob, 1));
	CHECK_REFUSED(cohort_gather(g, &results));
	CHECK_REFUSED(cohort_gather_to_root(g, &results));
	CHECK_REFUSED(cohort_stop_on_signals(g));
	CHECK_REFUSED(cohort_close(g));
	CHECK(!results, "an output was written");
}

static int be_serial(cohort_task *task)
{
	CHECK_STATUS(COHORT_ESTATE, cohort_barrier(cohort_task_state(task)));
	CHECK_NAMES("called from inside a task");
	return 0;
}

/* A group of its own is serial, and its tasks are tasks. */
static void open_inside(void)
{
	const cohort_options options = {.backend = "mp", .size = 2};
	cohort *inner = NULL;

	CHECK_REFUSED(cohort_open(&options, &inner));
	MUST(cohort_open(NULL, &inner));
	const cohort_job job = {
	    .execute = be_serial, .arg = inner, .not_isolated = true};
	MUST(cohort_scatter(inner, &job, NULL, 2));
	MUST(cohort_close(inner));
}

static void *call_in_thread(void *arg)
{
	cohort *g = arg;

	CHECK_STATUS(COHORT_ESTATE, cohort_barrier(g));
	CHECK_NAMES("another thread of rank 0 is in cohort_scatter");
	CHECK_STATUS(COHORT_ESTATE, cohort_close(g));
	CHECK_NAMES("inside a sweep, by another thread");
	return NULL;
}

static void call_from_thread(cohort *g)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, call_in_thread, g), "no thread");
	pthread_join(thread, NULL);
}

static int make_calls(void *arg, const cohort_result *result)
{
	struct caller *caller = arg;
	cohort_counts counts;

	make_collectives(caller->group);
	make_sweep_calls(caller->group);
	if (caller->calls == 0) {
		open_inside();
		call_from_thread(caller->group);
	}
	CHECK_REFUSED(cohort_barrier(caller->group));
	MUST(cohort_progress(caller->group, &counts));
	CHECK(result->status == COHORT_OK, "%s", result->error);
	CHECK(counts.total == 9 && counts.done <= 9, "%zu of %zu", counts.done,
	      counts.total);
	caller->calls++;
	return 0;
}

void part_in_on_result(const struct run *run)
{
	struct caller caller = {.group = run->group};
	const cohort_job job = {
	    .execute = do_nothing, .arg = &caller, .on_result = make_calls};

	check_case("calls from on_result");
	MUST(cohort_scatter(run->group, &job, NULL, 9));
	CHECK(caller.calls == (run->rank ? 0 : 9), "%zu calls", caller.calls);
}
