/* cohort_scatter_objects: parameter sets of differing sizes. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"
#include "pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEED = 4711, JOURNALED = 25 };

/* What one sweep is, and what its on_result has seen. */
struct sized {
	size_t count;
	bool empty; /* no set has bytes */
	size_t seen;
};

static size_t size_of_set(const struct sized *sizes, size_t index)
{
	static const size_t some[] = {0, 1, 15, 16, 17, 100, 0, 0, 4096, 7};

	if (sizes->empty)
		return 0;
	return index % 40 == 39 ? 70001 : some[index % 10];
}

static void check_set(const struct sized *sizes, size_t index, const void *set,
                      size_t bytes)
{
	CHECK(bytes == size_of_set(sizes, index), "set %zu has %zu bytes",
	      index, bytes);
	CHECK((set == NULL) == (bytes == 0), "set %zu of %zu bytes is at %p",
	      index, bytes, set);
	CHECK((uintptr_t)set % _Alignof(max_align_t) == 0, "set %zu is at %p",
	      index, set);
	pattern_check(set, 0, bytes, SEED + index, "a parameter set");
}

static int execute_sized(cohort_task *task)
{
	const struct sized *sizes = cohort_task_state(task);
	const size_t bytes = cohort_task_param_bytes(task);
	const size_t index = cohort_task_index(task);

	check_set(sizes, index, cohort_task_param(task), bytes);
	memcpy(cohort_task_result(task, sizeof(bytes)), &bytes, sizeof(bytes));
	return 0;
}

static void check_sized_result(const struct sized *sizes,
                               const cohort_result *result)
{
	CHECK(result->status == COHORT_OK, "task %zu: %s", result->index,
	      result->error);
	check_set(sizes, result->index, result->param, result->param_bytes);
	CHECK(*(const size_t *)result->data == result->param_bytes, "task %zu",
	      result->index);
}

static int see_result(void *arg, const cohort_result *result)
{
	struct sized *sizes = arg;

	check_sized_result(sizes, result);
	sizes->seen++;
	return 0;
}

static cohort_blob *make_sets(const struct sized *sizes)
{
	cohort_blob *sets = check_alloc((sizes->count + 1) * sizeof(*sets));

	for (size_t i = 0; i < sizes->count; i++) {
		const size_t bytes = size_of_set(sizes, i);
		sets[i] =
		    (cohort_blob){bytes ? check_alloc(bytes) : NULL, bytes};
		pattern_fill(sets[i].data, 0, bytes, SEED + i);
	}
	return sets;
}

/* They were copied. */
static void release_sets(const struct sized *sizes, cohort_blob *sets)
{
	for (size_t i = 0; sets && i < sizes->count; i++) {
		if (sets[i].data)
			memset(sets[i].data, 0, sets[i].bytes);
		free(sets[i].data);
	}
	free(sets);
}

static void checks_sizes(const struct run *run, cohort_job job, size_t count,
                         bool empty)
{
	struct sized sizes = {.count = count, .empty = empty};
	cohort_blob *sets = run->rank == 0 ? make_sets(&sizes) : NULL;
	cohort_results *results = NULL;
	size_t got = 0;

	check_case("%zu %ssets of differing sizes, schedule %d, isolate %d%s",
	           count, empty ? "empty " : "", (int)job.schedule, job.isolate,
	           job.journal ? ", journal" : "");
	job.execute = execute_sized;
	job.arg = &sizes;
	MUST(cohort_scatter_objects(run->group, &job, sets,
	                            run->rank == 0 ? count : 12345));
	release_sets(&sizes, sets);
	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &got);
	CHECK(got == count, "%zu results", got);
	for (size_t i = 0; i < got; i++)
		check_sized_result(&sizes, &all[i]);
	cohort_results_free(results);
	if (run->rank == 0 && job.on_result)
		CHECK(sizes.seen == count, "%zu seen", sizes.seen);
}

/* The second sweep has the results of the first from the journal. */
static void checks_sizes_in_journal(const struct run *run)
{
	char folder[64] = "";
	char command[96];
	cohort_job job = {.journal = folder};
	cohort_counts counts;

	if (run->rank == 0) {
		snprintf(folder, sizeof(folder), "/tmp/conformance.XXXXXX");
		CHECK(mkdtemp(folder) != NULL, "mkdtemp");
	}
	MUST(cohort_bcast(run->group, folder, sizeof(folder), COHORT_INT8, 0));
	for (int again = 0; again < 2; again++) {
		checks_sizes(run, job, JOURNALED, false);
		MUST(cohort_progress(run->group, &counts));
		CHECK(counts.resumed == (again ? JOURNALED : 0), "%zu resumed",
		      counts.resumed);
	}
	checks_sizes(run, job, JOURNALED + 8, false);
	MUST(cohort_progress(run->group, &counts));
	CHECK(counts.resumed == JOURNALED, "%zu resumed", counts.resumed);
	/* The other ranks count those of their own machine. */
	if (run->rank == 0)
		CHECK(counts.done == 8, "%zu done", counts.done);
	snprintf(command, sizeof(command), "rm -r '%s'", folder);
	if (run->rank == 0)
		CHECK(system(command) == 0, "%s", command);
}

/* Rank 0 makes the call with its bad sets; so do the others, with none. */
static void checks_bad_sets(const struct run *run)
{
	static const cohort_blob hollow[] = {{NULL, 0}, {NULL, 5}};
	static char byte;
	const cohort_blob vast[] = {{&byte, PTRDIFF_MAX / 2}, {&byte, 1}};
	const cohort_job bad = {.execute = execute_sized, .param_bytes = 8};

	check_case("bad sets of differing sizes");
	CHECK_STATUS(COHORT_EINVAL,
	             cohort_scatter_objects(run->group, &bad, hollow, 1));
	CHECK_NAMES("job.param_bytes is 8");
	if (run->size > 1)
		return; /* the other ranks' calls are good */
	const cohort_job job = {.execute = execute_sized};
	CHECK_STATUS(COHORT_EINVAL,
	             cohort_scatter_objects(run->group, &job, NULL, 3));
	CHECK_NAMES("params is NULL");
	CHECK_STATUS(COHORT_EINVAL,
	             cohort_scatter_objects(run->group, &job, hollow, 2));
	CHECK_NAMES("set 1 is NULL");
	CHECK_STATUS(COHORT_EINVAL,
	             cohort_scatter_objects(run->group, &job, vast, 2));
	CHECK_NAMES("do not fit");
	CHECK_STATUS(COHORT_EINVAL, cohort_scatter_objects(run->group, &job,
	                                                   vast, SIZE_MAX / 4));
	CHECK_NAMES("do not fit");
}

static int fail_to_build(void *arg, void **state)
{
	(void)arg;
	(void)state;
	return 7;
}

static int refuse_result(void *arg, const cohort_result *result)
{
	(void)arg;
	(void)result;
	return 7;
}

static int execute_nothing(cohort_task *task)
{
	(void)task;
	return 0;
}

/* What was not run says so with the name of the call, too. */
static void checks_reasons(const struct run *run)
{
	static const char named[] = "cohort_scatter_objects: ";
	cohort_results *results = NULL;
	size_t count = 0;

	MUST(cohort_gather_to_root(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		CHECK(all[i].rank >= 0 ||
		          !strncmp(all[i].error, named, strlen(named)),
		      "task %zu: %s", i, all[i].error);
	cohort_results_free(results);
}

/* The functions below cohort_scatter and cohort_scatter_objects are the same,
 * and CHECK_STATUS looks which of them a sentence names. */
static void checks_sentences(const struct run *run)
{
	static const struct {
		cohort_status status;
		cohort_job job;
	} cases[] = {
	    {COHORT_EINVAL, {.discard = true}},
	    {COHORT_EINVAL, {.deadline = -1}},
	    {COHORT_EINVAL, {.journal = "/dev/null"}},
	    {COHORT_EINVAL, {.unique = true}},
	    {COHORT_EBUILD, {.build = fail_to_build}},
	    {COHORT_ESTOPPED, {.on_result = refuse_result}},
	    {COHORT_ESTOPPED, {.deadline = 1e-9}},
	};
	enum { EQUAL_SETS = 4000 };
	cohort_blob *sets = check_alloc(EQUAL_SETS * sizeof(*sets));

	for (size_t i = 0; i < EQUAL_SETS; i++)
		sets[i] = (cohort_blob){NULL, 0};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		cohort_job job = cases[i].job;
		check_case("a failure of cohort_scatter_objects: %zu", i);
		job.execute = execute_nothing;
		CHECK_STATUS(
		    cases[i].status,
		    cohort_scatter_objects(run->group, &job, sets, EQUAL_SETS));
		if (cases[i].status == COHORT_ESTOPPED)
			checks_reasons(run);
	}
	free(sets);
}

void part_param_sizes(const struct run *run)
{
	static const size_t counts[] = {0, 1, 2, 13, 41, 300};

	checks_bad_sets(run);
	checks_sentences(run);
	for (size_t c = 0; c < sizeof(counts) / sizeof(*counts); c++)
		for (int i = 0; i < 2; i++) {
			const cohort_job job = {
			    .schedule = c % 2 ? COHORT_STATIC : COHORT_DYNAMIC,
			    .isolate = i == 1,
			    .not_isolated = i == 0,
			    .on_result = c % 3 ? see_result : NULL};
			checks_sizes(run, job, counts[c], false);
			if (counts[c] == 13)
				checks_sizes(run, job, counts[c], true);
		}
	checks_sizes_in_journal(run);
}
