/* Values of variables: which are allowed, and the sentences about those that are
 * not. */
#define _POSIX_C_SOURCE 200809L
#include "common/base/error.h"
#include "common/base/test_nodes.h"
#include "common/core/config_environment.h"
#include "common/core/config_words.h"
#include "config_reading.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

TestSuite(config, .init = clear);

static struct config reads_with(const char *name, const char *value)
{
	struct config config;

	clear();
	setenv(name, value, 1);
	config = reads(NULL);
	unsetenv(name);
	return config;
}

static void refuses(const char *name, const char *value, const char *allowed)
{
	clear();
	setenv(name, value, 1);
	error_set(COHORT_OK, "nothing was said");
	refused(NULL);
	names(name);
	names(value);
	names(allowed);
	unsetenv(name);
}

Test(config, defaults)
{
	struct config config = reads(NULL);
	const cohort_options zero = {0};
	struct config same = reads(&zero);

	cr_expect(config.backend == BACKEND_AUTO);
	cr_expect(config.size == 0 && !config.size_from_options);
	cr_expect(config.timeout == 0);
	cr_expect(config.schedule == COHORT_DYNAMIC && config.chunk == 0);
	cr_expect(!config.check);
	cr_expect(config.mpi_comm == NULL);
	cr_expect(config.log_level == LOG_WARN);
	cr_expect(same.backend == BACKEND_AUTO && same.size == 0 &&
	          !same.size_from_options && same.timeout == 0);
}

Test(config, an_empty_variable_is_an_unset_one)
{
	for (size_t i = 0; i < CONFIG_TEST_VARIABLES; i++)
		setenv(variables[i], "", 1);
	struct config config = reads(NULL);
	cr_expect(config.backend == BACKEND_AUTO && config.size == 0);
	cr_expect(config.schedule == COHORT_DYNAMIC);
}

Test(config, backend)
{
	static const char *const bad[] = {"MPI", "mp ", "mpich", "0",
	                                  "serial,mp"};

	cr_expect(reads_with("COHORT_BACKEND", "auto").backend == BACKEND_AUTO);
	cr_expect(reads_with("COHORT_BACKEND", "serial").backend ==
	          BACKEND_SERIAL);
	cr_expect(reads_with("COHORT_BACKEND", "mp").backend == BACKEND_MP);
	cr_expect(reads_with("COHORT_BACKEND", "mpi").backend == BACKEND_MPI);
	cr_expect_str_eq(reads_with("COHORT_BACKEND", "mp").backend_from,
	                 "COHORT_BACKEND");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuses("COHORT_BACKEND", bad[i], "auto, serial, mp or mpi");
}

Test(config, size)
{
	static const char *const bad[] = {"0",
	                                  "-3",
	                                  "four",
	                                  "4x",
	                                  "1e9",
	                                  " 4",
	                                  "+4",
	                                  "4 ",
	                                  "0x10",
	                                  "2.5",
	                                  "99999999999999999999999"};

	cr_expect(reads_with("COHORT_SIZE", "1").size == 1);
	cr_expect(reads_with("COHORT_SIZE", "16").size == 16);
	cr_expect(!reads_with("COHORT_SIZE", "16").size_from_options);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuses("COHORT_SIZE", bad[i], "whole number from 1 up");
}

/* Refused when it is read, before any process is started. */
Test(config, more_ranks_than_there_can_be)
{
	refuses("COHORT_SIZE", "1000000000", "1000000000 ranks");
	refuses("COHORT_SIZE", "4294967297", "4294967297 ranks");
	refused(&(cohort_options){.size = 1000000000});
	names("options.size");
	names("1000000000");
}

Test(config, more_ranks_than_processes_allowed)
{
	struct rlimit limit;

	cr_assert(getrlimit(RLIMIT_NPROC, &limit) == 0);
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < 40)
		cr_skip_test("too few processes allowed already");
	limit.rlim_cur = 40;
	cr_assert(setrlimit(RLIMIT_NPROC, &limit) == 0);
	cr_expect(reads_with("COHORT_SIZE", "40").size == 40);
	refuses("COHORT_SIZE", "41", "ulimit -u");
	names("40 processes");
}

Test(config, timeout)
{
	static const char *const bad[] = {"-1",  "soon",  "5s", "inf",
	                                  "nan", "1e999", "1,5"};

	cr_expect(reads_with("COHORT_TIMEOUT", "0").timeout == 0);
	cr_expect(reads_with("COHORT_TIMEOUT", "2.5").timeout == 2.5);
	cr_expect(reads_with("COHORT_TIMEOUT", "1e3").timeout == 1000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuses("COHORT_TIMEOUT", bad[i], "seconds");
}

Test(config, transport)
{
#define ACCEPTED(name, word)                                         \
	cr_expect(reads_with("COHORT_TRANSPORT", #word).transport == \
	          TRANSPORT_##name);
	TRANSPORT_MAP(ACCEPTED)
#undef ACCEPTED
#define ALLOWED(name, word) refuses("COHORT_TRANSPORT", "pigeon", #word);
	TRANSPORT_MAP(ALLOWED)
#undef ALLOWED
	refuses("COHORT_TRANSPORT", "Socket", "socket");
}

static void schedules(const char *value, cohort_schedule schedule, size_t chunk)
{
	struct config config = reads_with("COHORT_SCHEDULE", value);

	cr_expect(config.schedule == schedule, "%s", value);
	cr_expect(config.chunk == chunk, "%s: %zu", value, config.chunk);
}

Test(config, schedule)
{
	static const char *const bad[] = {
	    "dynamic,0",
	    "dynamic,",
	    "dynamic,x",
	    "dynamic,-2",
	    "dynamic,3,",
	    "static,4",
	    "static,",
	    "fast",
	    ",3",
	    "dynamic, 3",
	    "DYNAMIC",
	    "default",
	    "a word that is far longer than any schedule's"};

	schedules("static", COHORT_STATIC, 0);
	schedules("dynamic", COHORT_DYNAMIC, 0);
	schedules("dynamic,8", COHORT_DYNAMIC, 8);
	schedules("guided", COHORT_GUIDED, 0);
	schedules("guided,3", COHORT_GUIDED, 3);
	schedules("guided,18446744073709551615", COHORT_GUIDED, SIZE_MAX);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		refuses("COHORT_SCHEDULE", bad[i], "dynamic[,chunk]");
}

static enum log_level level_with(const char *value)
{
	return reads_with("COHORT_LOG", value).log_level;
}

Test(config, log)
{
	cr_expect(level_with("error") == LOG_ERROR);
	cr_expect(level_with("warn") == LOG_WARN);
	cr_expect(level_with("info") == LOG_INFO);
	cr_expect(level_with("debug") == LOG_DEBUG);
	refuses("COHORT_LOG", "loud", "error, warn, info or debug");
	cr_expect_str_eq(backend_kind_name(BACKEND_SERIAL), "serial");
}

Test(config, check)
{
	cr_expect(!reads_with("COHORT_CHECK", "0").check);
	cr_expect(reads_with("COHORT_CHECK", "1").check);
	refuses("COHORT_CHECK", "yes", "0 or 1");
	refuses("COHORT_CHECK", "2", "0 or 1");
}

Test(config, journals_without_locks)
{
	cr_expect(!reads(NULL).journal_unlocked);
	cr_expect(!reads_with("COHORT_JOURNAL_UNLOCKED", "0").journal_unlocked);
	cr_expect(reads_with("COHORT_JOURNAL_UNLOCKED", "1").journal_unlocked);
	refuses("COHORT_JOURNAL_UNLOCKED", "yes", "0 or 1");
}

Test(config, nodes_for_tests)
{
	int nodes = -1;

	unsetenv("COHORT_TEST_NODES");
	cr_expect(test_nodes_read(&nodes) == COHORT_OK && nodes == 0);
	setenv("COHORT_TEST_NODES", "3", 1);
	cr_expect(test_nodes_read(&nodes) == COHORT_OK && nodes == 3);
	setenv("COHORT_TEST_NODES", "two", 1);
	cr_expect(test_nodes_read(&nodes) == COHORT_ECONFIG && nodes == 3);
	cr_expect(strstr(cohort_error(), "COHORT_TEST_NODES"));
}

/* The warning on stderr about a misspelled variable. */
Test(config, unknown_variables_are_told)
{
	FILE *file = tmpfile();
	const int saved = dup(STDERR_FILENO);
	char text[4096];

	cr_assert(file && saved >= 0);
	setenv("COHORT_BACKENDS", "mp", 1);
	setenv("COHORT_SIZ", "", 1);
	setenv("COHORT_TEST_OTHER", "1", 1);
	setenv("COHORT_TASK_INDEX", "1", 1);
	setenv("COHORT_P_mesh", "1", 1);
	setenv("COHORT_TIMEOUT", "1", 1);
	dup2(fileno(file), STDERR_FILENO);
	config_environment_warn(-1);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	cr_expect(strstr(text, "COHORT_BACKENDS is set") != NULL, "%s", text);
	cr_expect(strstr(text, "COHORT_BACKEND, COHORT_SIZE") != NULL, "%s",
	          text);
	cr_expect(strstr(text, "COHORT_TEST") == NULL, "%s", text);
	cr_expect(strstr(text, "COHORT_TASK") == NULL, "%s", text);
	cr_expect(strstr(text, "COHORT_P_") == NULL, "%s", text);
	cr_expect(strchr(text, '\n') == strrchr(text, '\n'), "%s", text);
}
