/* Squares as tasks, summed twice: from the results, and by allreduce from
 * those that each rank has. Prints "backend size sum" on the root. */
#include <cohort.h>

#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 10 };

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	fprintf(stderr, "%s: %s\n", cohort_status_name(status), cohort_error());
	exit(EXIT_FAILURE);
}

static int square(cohort_task *task)
{
	const int64_t *param = cohort_task_param(task);
	int64_t *result = cohort_task_result(task, sizeof(*result));

	if (!result)
		return cohort_task_fail(task, "no memory");
	*result = *param * *param;
	return 0;
}

static int64_t sum(const cohort_result *results, size_t count)
{
	int64_t total = 0;

	for (size_t i = 0; i < count; i++) {
		check(results[i].status);
		total += *(const int64_t *)results[i].data;
	}
	return total;
}

int main(void)
{
	const cohort_job job = {
	    .execute = square,
	    .param_bytes = sizeof(int64_t),
	};
	int64_t params[COUNT];
	cohort *group;
	cohort_results *results;
	size_t count;

	for (int i = 0; i < COUNT; i++)
		params[i] = i;
	check(cohort_open(NULL, &group));
	check(cohort_scatter(group, &job, params, COUNT));
	check(cohort_gather(group, &results));

	const cohort_result *all = cohort_results_all(results, &count);
	int64_t total = sum(all, count);
	const cohort_result *local = cohort_results_local(results, &count);
	int64_t shares = sum(local, count);
	check(cohort_allreduce(group, COHORT_IN_PLACE, &shares, 1, COHORT_INT64,
	                       COHORT_SUM));
	if (shares != total)
		cohort_abort(group, EXIT_FAILURE);
	if (cohort_is_root(group))
		printf("%s %d %lld\n", cohort_backend(group),
		       cohort_size(group), (long long)total);
	cohort_results_free(results);
	check(cohort_close(group));
	return EXIT_SUCCESS;
}
