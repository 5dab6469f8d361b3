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
 * With a launcher, the settings `mpi` and `mpi-nodes`, traced by CATCHER (catch.c); else
 * all others, traced by strace. With a setting and more, that run alone. The environment:
 *
 *	COHORT_TEST_INJECT=all   the whole matrix: some 3,600 runs, and 1,900 with
 *	                         each launcher
 *	COHORT_TEST_INJECT=NAME  all runs of the setting with that name
 *	COHORT_TEST_INJECT=SEED  as many runs as 12 seconds have room for, or 4 with
 *	                         a launcher, in an order that the seed decides; 1
 *	                         if it is unset
 *	COHORT_TEST_INJECT_SECONDS  as many as these have room for
 *
 * Leaves with 77 where a process cannot be traced.
 */
#define _GNU_SOURCE
#include "clock.h"
#include "expected.h"
#include "judge.h"
#include "pace.h"
#include "run.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_SECONDS = 12, LAUNCHED_SECONDS = 4, SKIPPED = 77 };

static const int occurrences[] = {1, 2, 4, 10};

enum { OCCURRENCES = sizeof(occurrences) / sizeof(*occurrences) };

struct planned {
	const struct setting *setting;
	struct injection injection;
};

static struct {
	struct planned *all;
	size_t count;
	int calls; /* of all settings */
} plan;

static struct {
	int runs;
	int refused;  /* some call of the library returned a status */
	int not_made; /* no process made the call so often */
	int failed;
} totals;

static void plan_run(const struct setting *setting, const char *call, int error,
                     int occurrence)
{
	struct planned planned = {.setting = setting};

	planned.injection.error = error_names[error];
	planned.injection.number = error_numbers[error];
	planned.injection.occurrence = occurrence;
	strcpy(planned.injection.call, call);
	plan.all = realloc(plan.all, (plan.count + 1) * sizeof(*plan.all));
	if (!plan.all)
		abort();
	plan.all[plan.count++] = planned;
}

static void plan_call(const struct setting *setting,
                      const struct traced_call *call)
{
	plan.calls++;
	for (int e = 0; e < ERRORS; e++)
		for (int o = 0; o < OCCURRENCES; o++)
			if (occurrences[o] <= call->most)
				plan_run(setting, call->name, e,
				         occurrences[o]);
}

/* The setting without threads is for the calls that fail in no other. */
static bool is_wanted(const struct setting *setting, const char *call)
{
	return !expected_reason(setting, call) &&
	       (setting->threads || expected_reason(&settings[0], call));
}

/* False if there can be no trace. */
static bool plan_setting(const struct setting *setting)
{
	struct run run;
	size_t count;

	if (!run_target(setting, NULL, &run))
		return false;
	struct traced_call *calls = trace_read(run_trace(), &count);
	if (!calls)
		return false;
	printf("%s: %zu calls; not made to fail:", setting->name, count);
	for (size_t i = 0; i < count; i++)
		if (is_wanted(setting, calls[i].name))
			plan_call(setting, &calls[i]);
		else
			printf(" %s", calls[i].name);
	printf("\n");
	free(calls);
	return true;
}

/* Fisher and Yates, with splitmix64. */
static void shuffle(uint64_t seed)
{
	for (size_t left = plan.count; left > 1; left--) {
		seed += UINT64_C(0x9e3779b97f4a7c15);
		uint64_t x = seed;
		x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
		x ^= x >> 31;
		const size_t other = (size_t)(x % left);
		const struct planned last = plan.all[left - 1];
		plan.all[left - 1] = plan.all[other];
		plan.all[other] = last;
	}
}

static void show_failures(const struct verdict *verdict)
{
	for (int r = 0; r < RANKS_MOST; r++) {
		const struct rank_verdict *rank = &verdict->ranks[r];
		for (int i = 0; i < rank->count; i++)
			printf("    rank %d: %s: %s: %s\n", r,
			       rank->failures[i].call,
			       cohort_status_name(rank->failures[i].status),
			       rank->failures[i].sentence);
	}
}

/* False if there can be no trace. */
static bool run_planned(const struct planned *planned, bool verbose)
{
	const struct injection *injection = &planned->injection;
	char complaint[COMPLAINT_BYTES];
	struct run run;
	bool refused;

	if (!run_target(planned->setting, injection, &run))
		return false;
	const bool good =
	    judge_run(planned->setting, injection, &run, &refused, complaint);
	totals.runs++;
	totals.refused += refused;
	totals.not_made += !run.injected;
	totals.failed += !good;
	if (!good)
		printf("FAILED: %s %s %s %d: %s\n", planned->setting->name,
		       injection->call, injection->error, injection->occurrence,
		       complaint);
	if (verbose)
		show_failures(&run.verdict);
	return true;
}

static int skip(void)
{
	run_end();
	printf("skipped: strace cannot trace a process here: it is not "
	       "installed, or ptrace is forbidden\n");
	return SKIPPED;
}

static const struct setting *find_setting(const char *name)
{
	for (int s = 0; s < SETTINGS; s++)
		if (!strcmp(settings[s].name, name))
			return &settings[s];
	return NULL;
}

static int run_one(char *argv[])
{
	struct planned planned = {.setting = NULL};

	planned.setting = find_setting(argv[0]);
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

/* That one alone, or all if it is NULL. */
static bool plan_settings(const struct setting *only, bool launched)
{
	for (int s = 0; s < SETTINGS; s++)
		if ((!only || only == &settings[s]) &&
		    settings[s].launched == launched &&
		    !plan_setting(&settings[s]))
			return false;
	return true;
}

static int run_matrix(const char *wanted, bool launched)
{
	const struct setting *only = wanted ? find_setting(wanted) : NULL;
	const bool all = only || (wanted && !strcmp(wanted, "all"));
	const uint64_t seed = wanted && !all ? strtoull(wanted, NULL, 10) : 1;
	const char *asked = getenv("COHORT_TEST_INJECT_SECONDS");
	const double most = asked      ? strtod(asked, NULL)
	                    : launched ? LAUNCHED_SECONDS
	                               : SAMPLE_SECONDS;

	if (!plan_settings(only, launched))
		return skip();
	if (!all) {
		printf("COHORT_TEST_INJECT=%llu\n", (unsigned long long)seed);
		shuffle(seed);
	}
	const double begin = now();
	for (size_t i = 0; i < plan.count; i++) {
		if (!all && now() - begin > most)
			break;
		/* A process could be traced before. */
		if (!run_planned(&plan.all[i], false)) {
			printf("FAILED: a process cannot be traced any more\n");
			totals.failed++;
			break;
		}
	}
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
	return argc == 6 ? run_one(argv + 2)
	                 : run_matrix(getenv("COHORT_TEST_INJECT"), launched);
}
