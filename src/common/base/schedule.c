#include "schedule.h"

#include <assert.h>
#include <string.h>

/* Value, name, and the ending that COHORT_SCHEDULE allows. */
#define SCHEDULE_MAP(X)                          \
	X(COHORT_STATIC, "static", "")           \
	X(COHORT_DYNAMIC, "dynamic", "[,chunk]") \
	X(COHORT_GUIDED, "guided", "[,chunk]")

#define NAME(value, name, ending) [value] = name,
#define CHOICE(value, name, ending) name ending,
#define TAKES_CHUNK(value, name, ending) [value] = sizeof(ending) > 1,

static const char *const schedule_names[] = {
    [COHORT_SCHEDULE_DEFAULT] = "default", SCHEDULE_MAP(NAME)};

static const bool takes_chunk[] = {SCHEDULE_MAP(TAKES_CHUNK)};

const char *const schedule_choices[] = {SCHEDULE_MAP(CHOICE) NULL};

enum { SCHEDULES = sizeof(schedule_names) / sizeof(*schedule_names) };

static_assert(SCHEDULES == COHORT_GUIDED + 1, "every cohort_schedule");

bool schedule_valid(cohort_schedule schedule)
{
	return (unsigned)schedule < SCHEDULES;
}

const char *schedule_name(cohort_schedule schedule)
{
	return schedule_valid(schedule) ? schedule_names[schedule] : "unknown";
}

cohort_schedule schedule_parse(const char *name)
{
	for (int i = 0; i < SCHEDULES; i++)
		if (!strcmp(schedule_names[i], name))
			return (cohort_schedule)i;
	return COHORT_SCHEDULE_DEFAULT;
}

bool schedule_takes_chunk(cohort_schedule schedule)
{
	return schedule_valid(schedule) && takes_chunk[schedule];
}
