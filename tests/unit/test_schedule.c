/* Names of schedules, and back. */
#include "common/base/schedule.h"

#include <criterion/criterion.h>

Test(schedule, validity)
{
	cr_expect(schedule_valid(COHORT_SCHEDULE_DEFAULT));
	cr_expect(schedule_valid(COHORT_GUIDED));
	cr_expect(!schedule_valid((cohort_schedule)4));
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
