// As program.c, from C++.
#include <cohort.h>

#include <cstdlib>
#include <iostream>
#include <vector>

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	std::cerr << cohort_status_name(status) << ": " << cohort_error()
	          << std::endl;
	std::exit(EXIT_FAILURE);
}

static int square(cohort_task *task)
{
	const int64_t param =
	    *static_cast<const int64_t *>(cohort_task_param(task));
	void *result = cohort_task_result(task, sizeof(param));

	if (!result)
		return cohort_task_fail(task, "no memory");
	*static_cast<int64_t *>(result) = param * param;
	return 0;
}

int main()
{
	cohort_job job = cohort_job();
	std::vector<int64_t> params;
	cohort *group;
	cohort_results *results;
	size_t count;

	job.execute = square;
	job.param_bytes = sizeof(int64_t);
	for (int64_t i = 0; i < 10; i++)
		params.push_back(i);
	check(cohort_open(NULL, &group));
	check(cohort_scatter(group, &job, params.data(), params.size()));
	check(cohort_gather(group, &results));

	const cohort_result *all = cohort_results_all(results, &count);
	int64_t total = 0;
	for (size_t i = 0; i < count; i++) {
		check(all[i].status);
		total += *static_cast<const int64_t *>(all[i].data);
	}
	int64_t least = total;
	check(cohort_allreduce(group, COHORT_IN_PLACE, &least, 1, COHORT_INT64,
	                       COHORT_MIN));
	if (least != total)
		cohort_abort(group, EXIT_FAILURE);
	if (cohort_is_root(group))
		std::cout << cohort_backend(group) << " " << cohort_size(group)
		          << " " << total << std::endl;
	cohort_results_free(results);
	check(cohort_close(group));
	return EXIT_SUCCESS;
}
