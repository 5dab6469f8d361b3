/* Names of schedules, and back. */
#include "common/base/schedule.h"

#include "schedules.h"

#include <criterion/criterion.h>
#include <string.h>

Test(schedule, validity)
{
	cr_expect(schedule_valid(COHORT_SCHEDULE_DEFAULT));
	cr_expect(schedule_valid(COHORT_GUIDED));
	cr_expect(!schedule_valid((cohort_schedule)SCHEDULES_END));
	cr_expect(!schedule_valid((cohort_schedule)-1));
}

Test(schedule, names)
{
	cr_expect_str_eq(schedule_name(COHORT_STATIC), "static");
	cr_expect_str_eq(schedule_name(COHORT_DYNAMIC), "dynamic");
	cr_expect_str_eq(schedule_name(COHORT_GUIDED), "guided");
	cr_expect_str_eq(schedule_name(COHORT_SCHEDULE_DEFAULT), "default");
	cr_expect_str_eq(schedule_name((cohort_schedule)4), "unknown");
}

Test(schedule, parsing)
{
	cr_expect(schedule_parse("static") == COHORT_STATIC);
	cr_expect(schedule_parse("dynamic") == COHORT_DYNAMIC);
	cr_expect(schedule_parse("guided") == COHORT_GUIDED);
	cr_expect(schedule_parse("default") == COHORT_SCHEDULE_DEFAULT);
	cr_expect(schedule_parse("Static") == COHORT_SCHEDULE_DEFAULT);
	cr_expect(schedule_parse("") == COHORT_SCHEDULE_DEFAULT);
}

Test(schedule, chunks)
{
	cr_expect(!schedule_takes_chunk(COHORT_SCHEDULE_DEFAULT));
	cr_expect(!schedule_takes_chunk(COHORT_STATIC));
	cr_expect(schedule_takes_chunk(COHORT_GUIDED));
	cr_expect(!schedule_takes_chunk((cohort_schedule)SCHEDULES_END));
}

/* The choices are the schedules in the order of the enum. */
Test(schedule, choices)
{
	for (int s = COHORT_STATIC; s < SCHEDULES_END; s++) {
		const char *name = schedule_name((cohort_schedule)s);
		const char *choice = schedule_choices[s - COHORT_STATIC];

		cr_assert(choice && !strncmp(choice, name, strlen(name)), "%s",
		          name);
	}
	cr_expect(!schedule_choices[SCHEDULES_NAMED]);
}
