/* Structs of other versions: shorter and longer ones than this library's. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

enum { NEWER = 24, GUARD = 0x5a };

/* A struct as a later version may have it. */
struct newer_options {
	cohort_options known;
	char later[NEWER];
};

struct newer_job {
	cohort_job known;
	char later[NEWER];
};

struct newer_result {
	cohort_result known;
	char later[NEWER];
};

struct newer_counts {
	cohort_counts known;
	char later[NEWER];
};

static int execute(cohort_task *task)
{
	size_t *result = cohort_task_result(task, sizeof(*result));

	*result = cohort_task_index(task) * 7;
	return 0;
}

static void checks_options(const struct run *run)
{
	const char *backend = cohort_backend(run->group);
	struct newer_options options = {.known = {.backend = backend}};
	cohort *group = run->group;

	check_case("options of a newer version");
	options.later[NEWER - 1] = 1;
	CHECK_STATUS(
	    COHORT_ECONFIG,
	    cohort_open_sized(&options.known, sizeof(options), &group));
	CHECK_NAMES(cohort_version());
	CHECK(group == run->group, "a failure wrote out");
	options.later[NEWER - 1] = 0;
	MUST(cohort_open_sized(&options.known, sizeof(options), &group));
	MUST(cohort_close(group));

	/* What lies behind the struct is not read. */
	check_case("options that have one field");
	options.known.size = -5;
	options.known.timeout = -5;
	MUST(cohort_open_sized(&options.known, sizeof(backend), &group));
	MUST(cohort_close(group));
	check_case("no options");
	MUST(cohort_open_sized(NULL, 0, &group));
	MUST(cohort_close(group));
}

static void checks_job(const struct run *run)
{
	struct newer_job job = {.known = {.execute = execute}};
	cohort *group = run->group;

	check_case("a job of a newer version");
	job.later[0] = 1;
	CHECK_STATUS(COHORT_EINVAL, cohort_scatter_sized(group, &job.known,
	                                                 sizeof(job), NULL, 5));
	CHECK_NAMES(cohort_version());
	job.later[0] = 0;
	MUST(cohort_scatter_sized(group, &job.known, sizeof(job), NULL, 5));

	check_case("a job of an older version");
	memset(&job.known.isolate, GUARD,
	       sizeof(job) - offsetof(struct newer_job, known.isolate));
	MUST(cohort_scatter_sized(group, &job.known,
	                          offsetof(cohort_job, isolate), NULL, 5));
}

static void checks_counts(const struct run *run)
{
	struct newer_counts counts;

	check_case("counts of a newer version");
	memset(&counts, GUARD, sizeof(counts));
	MUST(cohort_progress_sized(run->group, &counts.known, sizeof(counts)));
	CHECK(counts.known.total == 5, "%zu tasks", counts.known.total);
	for (int i = 0; i < NEWER; i++)
		CHECK(counts.later[i] == 0, "byte %d is not 0", i);

	check_case("counts of an older version");
	memset(&counts, GUARD, sizeof(counts));
	MUST(cohort_progress_sized(run->group, &counts.known,
	                           offsetof(cohort_counts, resumed)));
	CHECK(counts.known.total == 5, "%zu tasks", counts.known.total);
	for (size_t i = offsetof(cohort_counts, resumed); i < sizeof(counts);
	     i++)
		CHECK(((unsigned char *)&counts)[i] == GUARD,
		      "byte %zu was written", i);
}

typedef cohort_status gathers(cohort *group, size_t result_bytes,
                              cohort_results **out);

static void checks_one_list(const struct newer_result *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t value = 0;
		CHECK(list[i].known.status == COHORT_OK, "result %zu: %s", i,
		      list[i].known.error);
		memcpy(&value, list[i].known.data, sizeof(value));
		CHECK(value == 7 * list[i].known.index, "result %zu is %zu", i,
		      value);
		for (int b = 0; b < NEWER; b++)
			CHECK(list[i].later[b] == 0, "byte %d is not 0", b);
	}
}

static void checks_results(const struct run *run, gathers *gather,
                           size_t expected)
{
	cohort_results *results = NULL;
	size_t count;

	check_case("results of a newer version");
	MUST(gather(run->group, sizeof(struct newer_result), &results));
	const void *all = cohort_results_all(results, &count);
	CHECK(expected == SIZE_MAX || count == expected, "%zu results", count);
	checks_one_list(all, count);
	const void *local = cohort_results_local(results, &count);
	checks_one_list(local, count);
	cohort_results_free(results);

	check_case("results of no version");
	results = NULL;
	CHECK_STATUS(
	    COHORT_EINVAL,
	    gather(run->group, offsetof(cohort_result, attempts), &results));
	CHECK_STATUS(COHORT_EINVAL,
	             gather(run->group, sizeof(cohort_result) + 1, &results));
	CHECK_NAMES("result_bytes");
	CHECK(!results, "a failure wrote out");
}

void part_sizes(const struct run *run)
{
	checks_options(run);
	checks_job(run);
	checks_counts(run);
	checks_results(run, cohort_gather_sized, 5);
	checks_results(run, cohort_gather_to_root_sized,
	               run->rank == 0 ? 5 : SIZE_MAX);
}
