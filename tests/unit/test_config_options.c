/* Values of options: which are allowed, the sentences about those that are not, and
 * options beside variables. */
#define _POSIX_C_SOURCE 200809L
#include "common/base/error.h"
#include "config_reading.h"

#include <criterion/criterion.h>

#include <limits.h>
#include <math.h>
#include <stdlib.h>

TestSuite(config_options, .init = clear);

Test(config_options, options_come_first)
{
	const cohort_options options = {
	    .backend = "mp", .size = 3, .timeout = 1.5};
	const cohort_options some = {.timeout = 2};

	setenv("COHORT_BACKEND", "serial", 1);
	setenv("COHORT_SIZE", "5", 1);
	setenv("COHORT_TIMEOUT", "9", 1);
	struct config config = reads(&options);
	cr_expect(config.backend == BACKEND_MP);
	cr_expect_str_eq(config.backend_from, "options.backend");
	cr_expect(config.size == 3 && config.size_from_options);
	cr_expect(config.timeout == 1.5);

	cr_expect(
	    reads(&(cohort_options){.timeout = COHORT_NO_TIMEOUT}).timeout ==
	    0);
	config = reads(&some);
	cr_expect(config.backend == BACKEND_SERIAL);
	cr_expect(config.size == 5 && !config.size_from_options);
	cr_expect(config.timeout == 2);
}

/* A bad variable is refused even if an option of the program overrules it. */
Test(config_options, bad_variables_are_told_whatever_the_options)
{
	const cohort_options options = {
	    .backend = "serial", .size = 3, .timeout = 1.5};

	for (size_t i = 0; i < CONFIG_TEST_VARIABLES; i++) {
		clear();
		setenv(variables[i], "?", 1);
		refused(&options);
		names(variables[i]);
	}
}

Test(config_options, bad_options)
{
	static const cohort_options bad[] = {
	    {.backend = "cluster"},
	    {.backend = ""},
	    {.size = -1},
	    {.size = INT_MIN},
	    {.timeout = -0.5},
	    {.timeout = -2},
	    {.timeout = (double)NAN},
	    {.timeout = (double)INFINITY},
	};
	static const char *const words[] = {
	    "cluster",         "options.backend", "options.size",
	    "-2147483648",     "options.timeout", "-2",
	    "options.timeout", "options.timeout"};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		refused(&bad[i]);
		names(words[i]);
	}
}

Test(config_options, a_communicator_is_passed_on)
{
	int communicator;
	const cohort_options options = {.mpi_comm = &communicator};

	cr_expect(reads(&options).mpi_comm == &communicator);
}

/* A program that asks for both contradicts itself; the environment may. */
Test(config_options, serial_has_one_rank)
{
	const cohort_options one = {.backend = "serial", .size = 1};
	const cohort_options serial = {.backend = "serial"};
	const cohort_options four = {.size = 4};

	refused(&(cohort_options){.backend = "serial", .size = 4});
	names("serial");
	names("options.size");
	cr_expect(reads(&one).size == 1);
	setenv("COHORT_SIZE", "4", 1);
	cr_expect(reads(&serial).backend == BACKEND_SERIAL);
	setenv("COHORT_BACKEND", "serial", 1);
	cr_expect(reads(&four).backend == BACKEND_SERIAL);
	cr_expect(reads(NULL).backend == BACKEND_SERIAL);
}
