/* Reading variables, and setting those that are unset. */
#define _POSIX_C_SOURCE 200809L
#include "common/base/environment.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static const char name[] = "COHORT_TEST_ENVIRONMENT";

Test(environment, unset_and_empty_are_null)
{
	unsetenv(name);
	cr_expect_null(environment_get(name));
	setenv(name, "", 1);
	cr_expect_null(environment_get(name));
	setenv(name, "x", 1);
	cr_expect_str_eq(environment_get(name), "x");
}

Test(environment, a_default_is_set_where_there_is_nothing)
{
	unsetenv(name);
	cr_expect(environment_set_default(name, "2"));
	cr_expect_str_eq(getenv(name), "2");
	cr_expect(!environment_set_default(name, "7"));
	cr_expect_str_eq(getenv(name), "2");
	setenv(name, "", 1);
	cr_expect(!environment_set_default(name, "7"));
	cr_expect_str_eq(getenv(name), "");
}
