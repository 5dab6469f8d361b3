/*
 * A program of version 0.1: compiled against that version's header, which lies
 * beside it, and run with the library of this one. It uses every struct that
 * may have grown since: options, a job with isolation and a journal, results,
 * counts. Prints "backend size sum" on the root, twice: the second sweep takes
 * its results from the journal, the argument.
 */
#include "cohort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if COHORT_VERSION_MINOR != 1
#error "this is not the header of 0.1"
#endif

enum { COUNT = 10, CRASHES = 3, GUARD = 0x5a };

static void check(cohort_status status)
{
	if (status == COHORT_OK)
		return;
	fprintf(stderr, "%s: %s\n", cohort_status_name(status), cohort_error());
	exit(EXIT_FAILURE);
}

static void want(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "not so: %s\n", what);
	exit(EXIT_FAILURE);
}

static int square(cohort_task *task)
{
	const int64_t *param = cohort_task_param(task);
	int64_t *result = cohort_task_result(task, sizeof(*result));

	if (*param == CRASHES)
		abort();
	*result = *param * *param;
	return 0;
}

static int64_t sum(const cohort_result *results, size_t count)
{
	int64_t total = 0;

	want(count == COUNT, "a result for each parameter set");
	for (size_t i = 0; i < count; i++) {
		const int64_t *param = results[i].param;
		want(results[i].index == i && *param == (int64_t)i,
		     "results are in order");
		want(results[i].rank >= 0 && results[i].attempts >= 1,
		     "a task was run");
		want((results[i].status == COHORT_ETASK) == (i == CRASHES),
		     "one task fails");
		if (i == CRASHES)
			want(*results[i].error && results[i].attempts == 2,
			     "it has a sentence");
		else
			total += *(const int64_t *)results[i].data;
	}
	return total;
}

/* Nothing behind 0.1's struct is written. */
static void check_counts(cohort *group, size_t done)
{
	struct {
		cohort_counts counts;
		unsigned char guard[64];
	} all;

	memset(&all, GUARD, sizeof(all));
	check(cohort_progress(group, &all.counts));
	for (size_t i = 0; i < sizeof(all.guard); i++)
		want(all.guard[i] == GUARD, "counts have 0.1's size");
	want(all.counts.total == COUNT, "total");
	want(all.counts.done == done, "done");
	want(all.counts.resumed == COUNT - done, "resumed");
}

static void sweep(cohort *group, const cohort_job *job, size_t done)
{
	int64_t params[COUNT];
	cohort_results *results;
	size_t count;

	for (int i = 0; i < COUNT; i++)
		params[i] = i;
	check(cohort_scatter(group, job, params, COUNT));
	check(cohort_gather(group, &results));
	check_counts(group, done);
	const cohort_result *all = cohort_results_all(results, &count);
	const int64_t total = sum(all, count);
	cohort_results_local(results, &count);
	if (cohort_is_root(group))
		printf("%s %d %lld\n", cohort_backend(group),
		       cohort_size(group), (long long)total);
	cohort_results_free(results);
	check(cohort_gather_to_root(group, &results));
	all = cohort_results_all(results, &count);
	want(!cohort_is_root(group) || sum(all, count) == total,
	     "the root has the same");
	cohort_results_free(results);
}

int main(int argc, char *argv[])
{
	struct {
		cohort_options options;
		unsigned char garbage[64];
	} opening = {.options = {.timeout = 100}};
	struct {
		cohort_job job;
		unsigned char garbage[64];
	} working = {.job = {.execute = square,
	                     .param_bytes = sizeof(int64_t),
	                     .isolate = true,
	                     .timeout = 60,
	                     .retries = 1,
	                     .journal = argc > 1 ? argv[1] : NULL,
	                     .seed = 5}};
	cohort *group;

	memset(opening.garbage, GUARD, sizeof(opening.garbage));
	memset(working.garbage, GUARD, sizeof(working.garbage));
	check(cohort_open(&opening.options, &group));
	sweep(group, &working.job, COUNT);
	sweep(group, &working.job, 0);
	check(cohort_close(group));
	return EXIT_SUCCESS;
}
