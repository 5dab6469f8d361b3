#include "test_single_copy.h"

#include "environment.h"

#include <string.h>

enum test_single_copy test_single_copy_read(void)
{
	const char *value = environment_get("COHORT_TEST_SINGLE_COPY");

	if (value && !strcmp(value, "always"))
		return TEST_SINGLE_COPY_ALWAYS;
	if (value && !strcmp(value, "never"))
		return TEST_SINGLE_COPY_NEVER;
	return TEST_SINGLE_COPY_MEASURED;
}
