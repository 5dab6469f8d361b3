#include "schedule.h"

#include <assert.h>
#include <string.h>

static const char *const schedule_names[] = {
    [COHORT_SCHEDULE_DEFAULT] = "default",
    [COHORT_STATIC] = "static",
    [COHORT_DYNAMIC] = "dynamic",
    [COHORT_GUIDED] = "guided",
};

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
