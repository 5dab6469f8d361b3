/* Sweeps that are refused before the first task runs. */
#define _GNU_SOURCE
#include "cases.h"
#include "sweep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void expect_refused(cohort_job job, size_t count, cohort_status expected,
                           const char *const words[])
{
	cohort_status status = sweep_scatter(job, count);
	int began = 0;

	EXPECT(status == expected, "%s instead of %s: %s",
	       cohort_status_name(status), cohort_status_name(expected),
	       cohort_error());
	for (size_t i = 0; words[i]; i++)
		EXPECT(strstr(cohort_error(), words[i]), "\"%s\" has no \"%s\"",
		       cohort_error(), words[i]);
	for (size_t i = 0; i < TASKS_MOST; i++)
		began += here.shared->began[i];
	EXPECT(began == 0, "%d tasks were begun", began);
	sweep_plain();
}

/* Words of each sentence: the field, and a hint. */
static const struct {
	cohort_job job;
	const char *words[3];
} bad[] = {
    {{.execute = task_plain, .timeout = 1}, {"timeout", "isolate"}},
    {{.execute = task_plain, .timeout = -1, .isolate = true},
     {"timeout", "-1"}},
    {{.execute = task_plain, .timeout = -1e-300, .isolate = true}, {"timeout"}},
    {{.execute = task_plain, .timeout = NAN, .isolate = true},
     {"timeout", "nan"}},
    {{.execute = task_plain, .timeout = INFINITY, .isolate = true},
     {"timeout", "inf"}},
    {{.execute = task_plain, .retries = -1}, {"retries", "-1"}},
    {{.execute = task_plain, .retries = 2}, {"retries", "2", "isolate"}},
    {{.execute = NULL}, {"execute"}},
    {{.execute = task_plain, .schedule = (cohort_schedule)17},
     {"schedule", "17"}},
};

void case_bad_jobs(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		expect_refused(bad[i].job, 5, COHORT_EINVAL, bad[i].words);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static char path[PATH_BYTES];

static cohort_job journaled(const char *name)
{
	path_of(path, name);
	return (cohort_job){.execute = task_plain, .journal = path};
}

static void make_file(const char *name)
{
	char whole[PATH_BYTES];

	path_of(whole, name);
	FILE *file = here.rank == 0 ? fopen(whole, "w") : NULL;
	if (file)
		fclose(file);
	barrier();
}

static void make_folder(const char *name)
{
	char whole[PATH_BYTES];

	path_of(whole, name);
	EXPECT(here.rank != 0 || !mkdir(whole, 0700), "%s", whole);
	barrier();
}

static void do_it(cohort_job job, size_t count)
{
	static const struct failing none = {0};
	struct gathered gathered = sweep_run(job, count);

	sweep_expect(&gathered, count, &none);
}

void case_bad_journals(void)
{
	make_file("file");
	expect_refused(journaled("file"), 5, COHORT_EINVAL,
	               WORDS("file", "directory"));
	expect_refused(journaled("none/journal"), 5, COHORT_EINVAL,
	               WORDS("none/journal"));
	make_folder("full");
	make_file("full/of things");
	expect_refused(journaled("full"), 5, COHORT_EINVAL, WORDS("full"));
	expect_refused((cohort_job){.execute = task_plain, .journal = ""}, 5,
	               COHORT_EINVAL, WORDS("journal"));
	if (geteuid() == 0) {
		make_folder("theirs");
		path_of(path, "theirs");
		EXPECT(here.rank != 0 || !chown(path, 61234, (gid_t)-1),
		       "chown");
		expect_refused(journaled("theirs"), 5, COHORT_EINVAL,
		               WORDS("theirs", "user 61234"));
	}
	/* The journal belongs to another identity. */
	do_it(journaled("journal"), 9);
	cohort_job job = journaled("journal");
	job.identity = "another script";
	job.identity_bytes = 14;
	expect_refused(job, 9, COHORT_EINVAL, WORDS("journal", "job.identity"));
	job.identity = NULL;
	expect_refused(job, 9, COHORT_EINVAL, WORDS("job.identity is NULL"));
}

/* Every rank must find the same directory at its path. */
void case_journal_elsewhere(void)
{
	const bool last = here.rank == here.size - 1;

	if (here.size == 1)
		return;
	make_folder("elsewhere");
	expect_refused(journaled(last ? "elsewhere" : "here"), 20,
	               COHORT_EINVAL, WORDS("elsewhere"));
	expect_refused(journaled(last ? "nowhere" : "here"), 20, COHORT_EINVAL,
	               WORDS("nowhere"));
	/* The directory was created, and can be used. */
	do_it(journaled("here"), 20);
}

static int build_nothing(void *arg, void **state)
{
	*state = arg;
	return 0;
}

static void end_nothing(void *state)
{
	(void)state;
}

static int take_result(void *arg, const cohort_result *result)
{
	(void)arg;
	(void)result;
	return 0;
}

#define JOB(...)                                   \
	{                                          \
		.execute = task_plain, __VA_ARGS__ \
	}
#define ISOLATED(...) JOB(.isolate = true, .journal = path, __VA_ARGS__)
static const struct {
	const char *field;
	cohort_job last; /* of the last rank */
	cohort_job others;
} different[] = {
    {"build", ISOLATED(.build = build_nothing), ISOLATED()},
    {"teardown", ISOLATED(.teardown = end_nothing), ISOLATED()},
    {"isolate", ISOLATED(), JOB(.journal = path)},
    {"timeout", ISOLATED(.timeout = 1), ISOLATED(.timeout = 2)},
    {"retries", ISOLATED(.retries = 1), ISOLATED()},
    {"journal", JOB(.isolate = true), ISOLATED()},
    {"seed", ISOLATED(.seed = (uint64_t)1 << 40), ISOLATED()},
    {"rerun_failed", ISOLATED(.rerun_failed = true), ISOLATED()},
    {"rebuilt_ok", ISOLATED(.rebuilt_ok = true), ISOLATED()},
    {"unique", ISOLATED(.unique = true), ISOLATED()},
    {"ordered", ISOLATED(.ordered = true), ISOLATED()},
    {"discard", ISOLATED(.on_result = take_result, .discard = true),
     ISOLATED(.on_result = take_result)},
    {"on_result", ISOLATED(), ISOLATED(.on_result = take_result)},
    {"deadline", ISOLATED(.deadline = 1e6), ISOLATED()},
    {"identity", ISOLATED(.identity = "text", .identity_bytes = 4),
     ISOLATED(.identity = "text", .identity_bytes = 3)},
};

static cohort_job differing_job(const char *field, bool last)
{
	for (size_t i = 0; i < sizeof(different) / sizeof(*different); i++)
		if (!strcmp(different[i].field, field))
			return last ? different[i].last : different[i].others;
	EXPECT(false, "no field \"%s\"", field);
	return (cohort_job){.execute = NULL};
}

/* Fields that must be the same on all ranks. The group is broken afterwards. */
void differ(const char *field)
{
	path_of(path, "journal");
	cohort_job job = differing_job(field, here.rank == here.size - 1);

	job.param_bytes = sizeof(uint64_t);
	cohort_status status =
	    cohort_scatter(here.group, &job, sweep_params(), 10);
	printf("rank %d: %s: %s\n", here.rank, cohort_status_name(status),
	       cohort_error());
	fflush(stdout);
	EXPECT(here.shared->done == 0, "%d tasks were run", here.shared->done);
}

/* Directories that another user than root may not use. */
void case_closed_to_somebody(void)
{
	if (geteuid() == 0)
		return;
	make_folder("closed");
	path_of(path, "closed");
	if (here.rank == 0)
		EXPECT(!chmod(path, 0500), "chmod");
	barrier();
	expect_refused(journaled("closed"), 5, COHORT_EIO,
	               WORDS("closed", "ermission"));
	expect_refused(journaled("closed/below"), 5, COHORT_EIO,
	               WORDS("closed/below", "ermission"));
	/* A directory that belongs to root is refused, too. */
	expect_refused((cohort_job){.execute = task_plain, .journal = "/usr"},
	               5, COHORT_EINVAL, WORDS("/usr", "user"));
	if (here.rank == 0)
		chmod(path, 0700);
	barrier();
}
