#include "plan.h"

#include "expected.h"
#include "judge.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int occurrences[] = {1, 2, 4, 10};

enum { OCCURRENCES = sizeof(occurrences) / sizeof(*occurrences) };

static void plan_run(struct plan *plan, const struct setting *setting,
                     const char *call, int error, int occurrence)
{
	struct planned planned = {.setting = setting};

	planned.injection.error = error_names[error];
	planned.injection.number = error_numbers[error];
	planned.injection.occurrence = occurrence;
	strcpy(planned.injection.call, call);
	plan->all = realloc(plan->all, (plan->count + 1) * sizeof(*plan->all));
	if (!plan->all)
		abort();
	plan->all[plan->count++] = planned;
}

static void plan_call(struct plan *plan, const struct setting *setting,
                      const struct traced_call *call)
{
	plan->calls++;
	for (int e = 0; e < ERRORS; e++)
		for (int o = 0; o < OCCURRENCES; o++)
			if (occurrences[o] <= call->most)
				plan_run(plan, setting, call->name, e,
				         occurrences[o]);
}

/* A setting may be for the calls only that fail in no other. */
static bool is_wanted(const struct setting *setting, const char *call)
{
	return !expected_reason(setting, call) &&
	       (!setting->rest || expected_reason(&settings[0], call));
}

bool plan_setting(struct plan *plan, const struct setting *setting)
{
	char complaint[COMPLAINT_BYTES];
	struct run run;
	size_t count;

	if (!run_target(setting, NULL, &run))
		return false;
	if (!judge_undisturbed(setting, &run, complaint)) {
		report_failed(setting, NULL, &run, complaint);
		plan->failed++;
	}
	struct traced_call *calls = trace_read(run_trace(), &count);
	if (!calls)
		return false;
	printf("%s: %zu calls; not made to fail:", setting->name, count);
	for (size_t i = 0; i < count; i++)
		if (is_wanted(setting, calls[i].name))
			plan_call(plan, setting, &calls[i]);
		else
			printf(" %s", calls[i].name);
	printf("\n");
	free(calls);
	return true;
}

/* Fisher and Yates, with splitmix64. */
void plan_shuffle(struct plan *plan, uint64_t seed)
{
	for (size_t left = plan->count; left > 1; left--) {
		seed += UINT64_C(0x9e3779b97f4a7c15);
		uint64_t x = seed;
		x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
		x ^= x >> 31;
		const size_t other = (size_t)(x % left);
		const struct planned last = plan->all[left - 1];
		plan->all[left - 1] = plan->all[other];
		plan->all[other] = last;
	}
}
