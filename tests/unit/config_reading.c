#define _POSIX_C_SOURCE 200809L
#include "config_reading.h"

#include "common/core/config_read.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

const char *const variables[CONFIG_TEST_VARIABLES] = {
    "COHORT_BACKEND",  "COHORT_SIZE", "COHORT_TIMEOUT", "COHORT_TRANSPORT",
    "COHORT_SCHEDULE", "COHORT_LOG",  "COHORT_CHECK"};

void clear(void)
{
	for (size_t i = 0; i < CONFIG_TEST_VARIABLES; i++)
		unsetenv(variables[i]);
}

struct config reads(const cohort_options *options)
{
	struct config config;

	memset(&config, 0, sizeof(config));
	cr_assert(config_read(options, &config) == COHORT_OK, "%s",
	          cohort_error());
	return config;
}

void names(const char *word)
{
	cr_expect(strstr(cohort_error(), word) != NULL,
	          "\"%s\" does not name %s", cohort_error(), word);
}

void refused(const cohort_options *options)
{
	struct config config;
	struct config before;

	memset(&config, 0x5a, sizeof(config));
	memcpy(&before, &config, sizeof(before));
	cr_expect(config_read(options, &config) == COHORT_ECONFIG);
	cr_expect(memcmp(&config, &before, sizeof(config)) == 0,
	          "a failure wrote something");
}
