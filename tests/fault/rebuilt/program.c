/*
 * A sweep with a journal, built several times from this source:
 *
 *	program JOURNAL SEED SETS [rebuilt_ok] [rerun_failed] [repaired]
 *
 * SETS are numbers with commas between. A task's result is its number times 3
 * plus 1; tasks whose number modulo 4 is 2 fail, unless `repaired`. Prints the
 * results and how many came from the journal. Also compiled against cohort
 * 0.1, whose jobs have no further fields: see README.md.
 */
#include <cohort.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SETS_MOST = 64 };

/* Programs with another number have other bytes. */
static const char program_number[] = "program " PROGRAM_NUMBER;

static int repaired;

static int run_task(cohort_task *task)
{
	uint64_t number;

	memcpy(&number, cohort_task_param(task), sizeof(number));
	if (number % 4 == 2 && !repaired)
		return cohort_task_fail(task, "no luck with %" PRIu64, number);
	number = number * 3 + 1;
	memcpy(cohort_task_result(task, sizeof(number)), &number,
	       sizeof(number));
	return 0;
}

static int fail(void)
{
	fprintf(stderr, "%s\n", cohort_error());
	return 1;
}

static void print_results(const cohort_results *results)
{
	size_t count;
	const cohort_result *all = cohort_results_all(results, &count);

	for (size_t i = 0; i < count; i++) {
		uint64_t value = 0;
		if (all[i].data)
			memcpy(&value, all[i].data, sizeof(value));
		printf("%zu %" PRIu64 " %s\n", all[i].index, value,
		       all[i].error);
	}
}

static cohort_job job_of(int argc, char *argv[])
{
	cohort_job job = {
	    .execute = run_task,
	    .param_bytes = sizeof(uint64_t),
	    .journal = argv[1],
	    .seed = strtoull(argv[2], NULL, 10),
	};

	for (int i = 4; i < argc; i++) {
		repaired |= !strcmp(argv[i], "repaired");
#ifndef COHORT_0_1
		job.rebuilt_ok |= !strcmp(argv[i], "rebuilt_ok");
		job.rerun_failed |= !strcmp(argv[i], "rerun_failed");
#endif
	}
	return job;
}

int main(int argc, char *argv[])
{
	uint64_t params[SETS_MOST];
	size_t count = 0;
	cohort *group;
	cohort_results *results;
	cohort_counts counts;

	if (argc < 4) {
		fprintf(stderr, "%s: JOURNAL SEED SETS [WORD...]\n",
		        program_number);
		return 2;
	}
	for (char *at = strtok(argv[3], ","); at && count < SETS_MOST;
	     at = strtok(NULL, ","))
		params[count++] = strtoull(at, NULL, 10);
	const cohort_job job = job_of(argc, argv);
	if (cohort_open(NULL, &group))
		return fail();
	/* All ranks have the sentence; one says it. */
	if (cohort_scatter(group, &job, params, count))
		return cohort_is_root(group) ? fail() : 1;
	if (cohort_gather_to_root(group, &results) ||
	    cohort_progress(group, &counts))
		return fail();
	if (cohort_is_root(group)) {
		print_results(results);
		printf("%zu from the journal\n", counts.resumed);
	}
	cohort_results_free(results);
	return cohort_close(group) ? fail() : 0;
}
