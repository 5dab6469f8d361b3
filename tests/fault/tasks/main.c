/*
 * Sweeps in which something goes wrong, on the backend that the environment or a
 * launcher chooses.
 *
 *   fault_tasks [CASE...]            all cases if none is given
 *   fault_tasks --second JOURNAL     a sweep that must be refused
 *   fault_tasks --dies HOW           a task ends rank 1: kill, segv, exit
 *   fault_tasks --outlives DEATHS [JOURNAL]    one, two, stopped, scribbles,
 *                                              retried, in_vain
 *   fault_tasks --resumes JOURNAL LEFT
 *   fault_tasks --differs FIELD      differs in the job of the last rank
 *   fault_tasks --somebody CASE...   as another user, if root started it
 */
#define _GNU_SOURCE
#include "cases.h"
#include "sweep.h"

#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
#define ROW(name) {#name, case_##name},
    CASE_MAP(ROW)
#undef ROW
};

enum { CASES = sizeof(cases) / sizeof(*cases) };

/* Check that the process holds the same after the case as before. */
static void run_case(size_t i)
{
	static char before[HOLDINGS_BYTES];
	static char after[HOLDINGS_BYTES];
	static char difference[HOLDINGS_BYTES];
	const double begin = now();

	sweep_plain();
	holdings(before);
	barrier();
	cases[i].run();
	sweep_plain();
	holdings(after);
	if (strcmp(before, after)) {
		holdings_compare(before, after, difference);
		EXPECT(false, "%s", difference);
	}
	barrier();
	if (here.rank == 0)
		folder_empty();
	figure("%s: %.2f s on %d ranks of %s", cases[i].name, now() - begin,
	       here.size, cohort_backend(here.group));
}

static bool is_wanted(size_t i, int argc, char *argv[])
{
	bool wanted = argc < 2;

	for (int k = 1; k < argc; k++)
		wanted |= !strcmp(argv[k], cases[i].name);
	return wanted;
}

static pid_t rank_pid;

static void expect_rank(void)
{
	EXPECT(getpid() == rank_pid, "an exit handler runs in a child");
}

/* Libraries open and map things in their first calls: these are not leaks. */
static void warm_up(void)
{
	struct gathered gathered =
	    sweep_run((cohort_job){.execute = task_plain, .isolate = true}, 10);

	sweep_free(&gathered);
	sweep_plain();
}

/* Root is refused nothing. */
static void become_somebody(void)
{
	enum { NOBODY = 61234, SKIPPED = 77 };

	if (geteuid() == 0 &&
	    (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))) {
		fputs("skipped: root cannot become somebody else here\n",
		      stderr);
		exit(SKIPPED);
	}
	prctl(PR_SET_DUMPABLE, 1); /* so that it may look at itself */
}

/* The group is broken afterwards, so no case can follow. */
static int break_group(void (*breaks)(const char *), const char *how)
{
	if (here.rank == 0)
		memset(here.shared, 0, sizeof(*here.shared));
	barrier();
	breaks(how);
	folder_remove();
	cohort_status status = cohort_close(here.group);
	(void)status;
	return check_failures() > 0;
}

static const char *journal_of_outlived;

static void outlive_group(const char *deaths)
{
	outlive(deaths, journal_of_outlived);
}

static void nothing(const char *how)
{
	(void)how;
}

int main(int argc, char *argv[])
{
	int64_t failed;
	size_t ran = 0;

	check_begin();
	here.program = argv[0];
	if (argc == 3 && !strcmp(argv[1], "--second"))
		return second_sweep(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "--aborts"))
		return abort_in_task();
	if (argc == 4 && !strcmp(argv[1], "--killed"))
		return killed_sweep(argv[2], argv[3]);
	if (argc > 2 && !strcmp(argv[1], "--somebody")) {
		become_somebody();
		argc--;
		argv++;
	}
	check_enter();
	if (argc == 3 && !strcmp(argv[1], "--dies"))
		return break_group(die_in_task, argv[2]);
	if (argc == 3 && !strcmp(argv[1], "--differs"))
		return break_group(differ, argv[2]);
	if (argc > 2 && !strcmp(argv[1], "--outlives")) {
		journal_of_outlived = argc > 3 ? argv[3] : NULL;
		return break_group(outlive_group, argv[2]);
	}
	if (argc == 4 && !strcmp(argv[1], "--resumes")) {
		resume_outlived(argv[2], atoi(argv[3]));
		return break_group(nothing, "");
	}
	rank_pid = getpid();
	atexit(expect_rank);
	warm_up();
	for (size_t i = 0; i < CASES; i++)
		if (is_wanted(i, argc, argv)) {
			run_case(i);
			ran++;
		}
	failed = check_failures();
	MUST(cohort_allreduce(here.group, COHORT_IN_PLACE, &failed, 1,
	                      COHORT_INT64, COHORT_MAX));
	check_leave();
	figure("%zu cases, %lld failures", ran, (long long)failed);
	MUST(cohort_close(here.group));
	return failed > 0 || ran == 0;
}
