/* Read a config in a test: functions that the tests of config_read share. */
#ifndef UNIT_CONFIG_READING_H
#define UNIT_CONFIG_READING_H

#include "common/core/config.h"

#include <stddef.h>

enum { CONFIG_TEST_VARIABLES = 7 };

/* Variables that config_read reads. */
extern const char *const variables[CONFIG_TEST_VARIABLES];

/* Unset all variables. */
void clear(void);

/* The config that these options and the environment give. */
struct config reads(const cohort_options *options);

/* Expect that the last error's sentence has the word. */
void names(const char *word);

/* Expect COHORT_ECONFIG, and that nothing is written. */
void refused(const cohort_options *options);

#endif
