#define _GNU_SOURCE
#include "stopped_sweep.h"

#include "clock.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

cohort *group;
const char *folder;

static int wrongs;

void wrong(const char *format, ...)
{
	va_list args;

	wrongs++;
	fprintf(stderr, "WRONG: rank %d: ", cohort_rank(group));
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (%s)\n", cohort_error());
}

int wrong_count(void)
{
	return wrongs;
}

void leave_word(const char *word, long number)
{
	char done[512];
	char path[sizeof(done) + 4];

	snprintf(done, sizeof(done), "%s/%s.%d", folder, word,
	         cohort_rank(group));
	snprintf(path, sizeof(path), "%s.new", done);
	FILE *file = fopen(path, "w");
	if (!file)
		abort();
	fprintf(file, "%ld\n", number);
	fclose(file);
	rename(path, done);
}

int await_stop(void)
{
	const double end = now() + PATIENCE_S;

	while (!cohort_stop_signal(group) && now() < end)
		nap(1e-3);
	return cohort_stop_signal(group);
}

int finish_task(cohort_task *task)
{
	long *result = cohort_task_result(task, sizeof(*result));
	const int *param = cohort_task_param(task);

	*result = (long)*param * *param;
	return 0;
}

static long self;

cohort_job job_of(int (*execute)(cohort_task *))
{
	self = (long)getpid();
	return (cohort_job){
	    .execute = execute, .arg = &self, .param_bytes = sizeof(int)};
}

const int *params(void)
{
	static int all[TASKS];

	for (int i = 0; i < TASKS; i++)
		all[i] = i;
	return all;
}

cohort_status sweep(int (*execute)(cohort_task *))
{
	const cohort_job job = job_of(execute);

	return cohort_scatter(group, &job, params(), TASKS);
}

size_t expect_results(int signal, size_t least, size_t most)
{
	char words[32];
	cohort_results *results = NULL;
	cohort_counts counts;
	size_t count = 0;
	size_t done = 0;

	snprintf(words, sizeof(words), "signal %d ", signal);
	EXPECT(cohort_gather(group, &results) == COHORT_OK);
	if (!results)
		return 0;
	const cohort_result *all = cohort_results_all(results, &count);
	EXPECT(count == TASKS);
	for (size_t i = 0; i < count; i++) {
		const cohort_result *r = &all[i];
		const long *data = r->data;
		bool right = r->index == i && *(const int *)r->param == (int)i;
		if (r->status == COHORT_OK) {
			done++;
			right = right && data && *data == (long)i * (long)i &&
			        r->rank >= 0 && r->attempts == 1;
		} else
			right = right && r->status == COHORT_ESTOPPED &&
			        !data && r->rank == -1 && r->attempts == 0 &&
			        strstr(r->error, words);
		if (!right)
			wrong("result %zu: status %s, rank %d, %s", i,
			      cohort_status_name(r->status), r->rank, r->error);
	}
	cohort_results_free(results);
	if (done < least || done > most)
		wrong("%zu were run, not %zu to %zu", done, least, most);
	EXPECT(cohort_progress(group, &counts) == COHORT_OK);
	if (counts.done + counts.resumed != done || counts.failed ||
	    counts.total != TASKS)
		wrong("%zu were run; counted: %zu and %zu of %zu, %zu failed",
		      done, counts.done, counts.resumed, counts.total,
		      counts.failed);
	return done;
}

int do_nothing(cohort_task *task)
{
	(void)task;
	return 0;
}
