/*
 * Each system call that the library makes fails, in each setting, with each of
 * six errors, at its first, second, fourth and tenth occurrence in each process and
 * thread. An undisturbed run is traced to find the calls. The target stops itself
 * before its first call of the library, so what the loader and the C library do
 * before main is not among them.
 *
 *	injection [--launcher MPIRUN CATCHER MARKS] TARGET
 *	          [SETTING CALL ERROR OCCURRENCE]
 *
 * With a launcher, the settings (settings.c) of MPI, traced by CATCHER (catch.c); else
 * all others, traced by strace. With a setting and more, that run alone. The environment:
 *
 *	COHORT_TEST_INJECT=all   the whole matrix
 *	COHORT_TEST_INJECT=NAME  all runs of the setting with that name
 *	COHORT_TEST_INJECT=SEED  as many runs as 12 seconds have room for, or 4 with
 *	                         a launcher, of every other setting, in an order
 *	                         that the seed decides; if it is unset, the seed is
 *	                         COHORT_TEST_DRAW, or the day
 *	COHORT_TEST_INJECT_SECONDS  as many as these have room for, of all settings
 *
 * A run in which no process made the call so often is made again, and is named if that
 * does not help.
 *
 * Leaves with 77 where a process cannot be traced.
 */
#define _GNU_SOURCE
#include "clock.h"
#include "expected.h"
#include "judge.h"
#include "pace.h"
#include "plan.h"
#include "report.h"
#include "run.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SAMPLE_SECONDS = 12, LAUNCHED_SECONDS = 4, SKIPPED = 77 };
enum { DAY_SECONDS = 24 * 60 * 60 };

static struct {
	int runs;
	int refused;  /* some call of the library returned a status */
	int not_made; /* no process made the call so often */
	int failed;
} totals;

/* Another run may make the call more often. */
enum { TRIES = 3 };

/* False if there can be no trace. */
static bool run_planned(const struct planned *planned, bool verbose)
{
	const struct injection *injection = &planned->injection;
	char complaint[COMPLAINT_BYTES];
	struct run run;
	bool refused;
	bool good;
	int tries = 0;

	do {
		if (!run_target(planned->setting, injection, &run))
			return false;
		good = judge_run(planned->setting, injection, &run, &refused,
		                 complaint);
	} while (
	    (good ? !run.injected : judge_is_late(planned->setting, &run)) &&
	    ++tries < TRIES);
	totals.runs++;
	totals.refused += refused;
	totals.not_made += !run.injected;
	totals.failed += !good;
	if (!good)
		report_failed(planned->setting, injection, &run, complaint);
	else if (!run.injected)
		report_not_made(planned->setting, injection);
	if (verbose)
		report_statuses(stdout, &run.verdict);
	return true;
}

static int skip(void)
{
	run_end();
	printf("skipped: strace cannot trace a process here: it is not "
	       "installed, or ptrace is forbidden\n");
	return SKIPPED;
}

static int run_one(char *argv[])
{
	struct planned planned = {.setting = NULL};

	planned.setting = settings_find(argv[0]);
	snprintf(planned.injection.call, CALL_BYTES, "%s", argv[1]);
	for (int e = 0; e < ERRORS; e++)
		if (!strcmp(error_names[e], argv[2])) {
			planned.injection.error = error_names[e];
			planned.injection.number = error_numbers[e];
		}
	planned.injection.occurrence = atoi(argv[3]);
	if (!planned.setting || !planned.injection.error)
		return 2;
	if (!run_planned(&planned, true))
		return skip();
	run_end();
	printf("%s\n", totals.not_made ? "no process made the call" : "done");
	return totals.failed > 0;
}

/* What COHORT_TEST_INJECT and COHORT_TEST_INJECT_SECONDS ask for. */
struct asked {
	const struct setting *only; /* NULL: no single one */
	bool all;                   /* runs; and settings */
	bool all_settings;
	uint64_t seed;
	double seconds;
};

static struct asked read_asked(bool launched)
{
	const char *wanted = getenv("COHORT_TEST_INJECT");
	const char *seconds = getenv("COHORT_TEST_INJECT_SECONDS");
	const char *day = getenv("COHORT_TEST_DRAW");
	struct asked asked = {.seed = (uint64_t)time(NULL) / DAY_SECONDS};

	asked.only = wanted ? settings_find(wanted) : NULL;
	asked.all = asked.only || (wanted && !strcmp(wanted, "all"));
	asked.all_settings = asked.all || seconds;
	if (wanted || day)
		asked.seed = strtoull(wanted ? wanted : day, NULL, 10);
	asked.seconds = seconds    ? strtod(seconds, NULL)
	                : launched ? LAUNCHED_SECONDS
	                           : SAMPLE_SECONDS;
	return asked;
}

/* Every other setting, if not all are asked for. False if there can be no trace. */
static bool plan_settings(struct plan *plan, const struct asked *asked,
                          bool launched)
{
	for (int s = 0; s < SETTINGS; s++) {
		const struct setting *setting = &settings[s];
		const bool drawn =
		    asked->all_settings || ((uint64_t)s + asked->seed) % 2 == 0;
		if (drawn && setting->launched == launched &&
		    (!asked->only || asked->only == setting) &&
		    !plan_setting(plan, setting))
			return false;
	}
	return true;
}

static void run_all(const struct plan *plan, const struct asked *asked,
                    double begin)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (!asked->all && now() - begin > asked->seconds)
			break;
		/* A process could be traced before. */
		if (!run_planned(&plan->all[i], false)) {
			printf("FAILED: a process cannot be traced any more\n");
			totals.failed++;
			break;
		}
	}
}

static int run_matrix(bool launched)
{
	const struct asked asked = read_asked(launched);
	struct plan plan = {0};

	if (!plan_settings(&plan, &asked, launched))
		return skip();
	totals.failed = plan.failed;
	if (!asked.all) {
		printf("COHORT_TEST_INJECT=%llu\n",
		       (unsigned long long)asked.seed);
		plan_shuffle(&plan, asked.seed);
	}
	const double begin = now();
	run_all(&plan, &asked, begin);
	run_end();
	printf("%d calls; %d runs of %zu: %d with a status, %d "
	       "in which no process made the call so often, %d failed; %.0f "
	       "s\n",
	       plan.calls, totals.runs, plan.count, totals.refused,
	       totals.not_made, totals.failed, now() - begin);
	const bool none = totals.runs > 0 && totals.not_made == totals.runs;
	if (none)
		printf("FAILED: no call was made to fail\n");
	return totals.failed > 0 || none;
}

int main(int argc, char *argv[])
{
	const bool launched = argc > 4 && !strcmp(argv[1], "--launcher");
	struct launcher launcher = {0};

	if (launched) {
		launcher = (struct launcher){argv[2], argv[3], argv[4]};
		argc -= 4;
		argv += 4;
	}
	if (argc != 2 && argc != 6) {
		fputs("usage: see the top of main.c\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	pace_begin(NULL);
	run_begin(argv[1], launched ? &launcher : NULL);
	return argc == 6 ? run_one(argv + 2) : run_matrix(launched);
}
