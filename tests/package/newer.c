/*
 * A program of a later version: check.sh compiles it against this version's
 * header with a field `later` added to the end of each struct that may grow, and
 * runs it with this version's library.
 */
#include <cohort.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "not so: %s; %s\n", what, cohort_error());
	exit(EXIT_FAILURE);
}

static int execute(cohort_task *task)
{
	size_t *result = cohort_task_result(task, sizeof(*result));

	*result = cohort_task_index(task);
	return 0;
}

int main(void)
{
	const cohort_options later_options = {.later = 1};
	const cohort_options options = {.timeout = COHORT_NO_TIMEOUT};
	const cohort_job later_job = {.execute = execute, .later = 1};
	const cohort_job job = {.execute = execute};
	cohort_counts counts;
	cohort_results *results;
	cohort *group;
	size_t count;

	check(cohort_open(&later_options, &group) == COHORT_ECONFIG,
	      "an option that the library does not know");
	check(strstr(cohort_error(), cohort_version()) != NULL,
	      "the sentence names the library's version");
	check(cohort_open(&options, &group) == COHORT_OK, "open");
	check(cohort_scatter(group, &later_job, NULL, 9) == COHORT_EINVAL,
	      "a field that the library does not know");
	check(cohort_barrier(group) == COHORT_OK, "the group is usable");
	check(cohort_scatter(group, &job, NULL, 9) == COHORT_OK, "scatter");
	memset(&counts, 0x5a, sizeof(counts));
	check(cohort_progress(group, &counts) == COHORT_OK, "progress");
	check(counts.done == 9 && counts.later == 0, "counts");
	check(cohort_gather(group, &results) == COHORT_OK, "gather");
	const cohort_result *all = cohort_results_all(results, &count);
	check(count == 9, "9 results");
	for (size_t i = 0; i < count; i++)
		check(all[i].index == i && all[i].later == 0 &&
		          *(const size_t *)all[i].data == i,
		      "results");
	if (cohort_is_root(group))
		printf("%s %d %zu\n", cohort_backend(group), cohort_size(group),
		       count);
	cohort_results_free(results);
	check(cohort_close(group) == COHORT_OK, "close");
	return EXIT_SUCCESS;
}
