/*
 * The parallel manager that cohort's model comes from, as its own tests use
 * it: build makes a base, execute gives factor * (base + parameter); arrays and
 * objects go from the root to all, and from all to the root.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

struct arguments {
	double base;
	double factor;
};

static int build(void *arg, void **state)
{
	struct arguments *made = check_alloc(sizeof(*made));

	memcpy(made, arg, sizeof(*made));
	*state = made;
	return 0;
}

static int execute(cohort_task *task)
{
	const struct arguments *with = cohort_task_state(task);
	double *result = cohort_task_result(task, sizeof(*result));
	double parameter;

	memcpy(&parameter, cohort_task_param(task), sizeof(parameter));
	*result = with->factor * (with->base + parameter);
	return 0;
}

static void sweep(const struct run *run, struct arguments arguments,
                  size_t count, cohort_results **out)
{
	static const double parameters[] = {1, 2, 3, 4, 5};
	const cohort_job job = {.build = build,
	                        .execute = execute,
	                        .teardown = free,
	                        .arg = &arguments,
	                        .param_bytes = sizeof(double)};

	MUST(cohort_scatter(run->group, &job, run->rank ? NULL : parameters,
	                    count));
	MUST(cohort_gather(run->group, out));
}

static void checks_values(const cohort_results *results, const double *expected,
                          size_t count)
{
	size_t found;
	const cohort_result *list = cohort_results_all(results, &found);

	CHECK(found == count, "%zu results, not %zu", found, count);
	for (size_t i = 0; i < count; i++) {
		double value = 0;
		double parameter = 0;
		CHECK(list[i].bytes == sizeof(value), "%zu bytes",
		      list[i].bytes);
		memcpy(&value, list[i].data, sizeof(value));
		memcpy(&parameter, list[i].param, sizeof(parameter));
		CHECK(value == expected[i], "result %zu is %g, not %g", i,
		      value, expected[i]);
		CHECK(parameter == (double)i + 1, "parameter %zu is %g", i,
		      parameter);
	}
}

static void checks_sweeps(const struct run *run)
{
	static const double first[] = {-11, -12, -13, -14};
	static const double second[] = {-101, -102, -103, -104, -105};
	const struct arguments ten = {10, -1};
	const struct arguments hundred = {100, -1};
	cohort_results *results;
	cohort_results *again;

	check_case("reference: base 10, parameters 1 to 4");
	sweep(run, ten, 4, &results);
	checks_values(results, first, 4);
	check_case("reference: a second sweep, base 100, 1 to 5");
	sweep(run, hundred, 5, &again);
	checks_values(again, second, 5);
	checks_values(results, first, 4);
	cohort_results_free(results);
	cohort_results_free(again);
	check_case("reference: fewer parameters than workers");
	sweep(run, ten, 1, &results);
	checks_values(results, first, 1);
	cohort_results_free(results);
	check_case("reference: no parameters");
	sweep(run, ten, 0, &results);
	checks_values(results, first, 0);
	cohort_results_free(results);
}

/* sync_array_with_peers, sync_pyobject_with_peers */
static void checks_sync(const struct run *run)
{
	static const char text[] = "the root's object";
	double array[4] = {-1, -1, -1, -1};
	cohort_blob object = {NULL, 0};

	check_case("reference: an array and an object from the root");
	for (int i = 0; run->rank == 0 && i < 4; i++)
		array[i] = 1.5 * i;
	MUST(cohort_bcast(run->group, array, 4, COHORT_DOUBLE, 0));
	for (int i = 0; i < 4; i++)
		CHECK(array[i] == 1.5 * i, "array[%d] is %g", i, array[i]);

	char copy[sizeof(text)];
	memcpy(copy, text, sizeof(text));
	if (run->rank == 0)
		object = (cohort_blob){copy, sizeof(copy)};
	MUST(cohort_bcast_object(run->group, &object, 0));
	CHECK(object.bytes == sizeof(text) &&
	          !memcmp(object.data, text, sizeof(text)),
	      "another object of %zu bytes", object.bytes);
	if (run->rank != 0)
		free(object.data);
}

/* combine_data_with_peers, sum_values_and_sync, gather_arrays_to_root: with one
 * rank, one object, and a sum of one. */
static void checks_combine(const struct run *run)
{
	const size_t size = (size_t)run->size;
	double mine = run->rank + 1;
	double sum = -1;
	cohort_blob *all;
	size_t *counts = check_alloc(size * sizeof(*counts));
	double *gathered = check_alloc(size * sizeof(*gathered));

	check_case("reference: objects of all, their sum, and an array");
	MUST(cohort_allgather_objects(
	    run->group, (cohort_blob){&mine, sizeof(mine)}, &all));
	for (int r = 0; r < run->size; r++) {
		double value;
		CHECK(all[r].bytes == sizeof(value), "%zu", all[r].bytes);
		memcpy(&value, all[r].data, sizeof(value));
		CHECK(value == r + 1, "rank %d's is %g", r, value);
		counts[r] = 1;
	}
	free(all);
	MUST(cohort_allreduce(run->group, &mine, &sum, 1, COHORT_DOUBLE,
	                      COHORT_SUM));
	CHECK(sum == run->size * (run->size + 1) / 2.0, "sum is %g", sum);
	MUST(cohort_sum(run->group, &mine, 1, &sum));
	CHECK(sum == run->size * (run->size + 1) / 2.0, "sum is %g", sum);
	MUST(cohort_gatherv(run->group, &mine, 1, gathered, counts,
	                    COHORT_DOUBLE, 0));
	for (int r = 0; run->rank == 0 && r < run->size; r++)
		CHECK(gathered[r] == r + 1, "rank %d's is %g", r, gathered[r]);
	free(gathered);
	free(counts);
}

void part_reference(const struct run *run)
{
	checks_sweeps(run);
	checks_sync(run);
	checks_combine(run);
}
