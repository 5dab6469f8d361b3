#define _POSIX_C_SOURCE 200809L
#include "config.h"

#include "common/base/environment.h"
#include "common/base/error.h"
#include "common/base/schedule.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { WORDS_BYTES = 64 };

#define WORD(name, word) #word,

static const char *const backend_words[] = {BACKEND_KIND_MAP(WORD) NULL};
static const char *const log_words[] = {LOG_LEVEL_MAP(WORD) NULL};
static const char *const transport_words[] = {TRANSPORT_MAP(WORD) NULL};
static const char *const progress_words[] = {PROGRESS_MAP(WORD) NULL};

const char *backend_kind_name(enum backend_kind kind)
{
	return backend_words[kind];
}

static cohort_status bad_value(const char *name, const char *value,
                               const char *allowed)
{
	return error_set(COHORT_ECONFIG,
	                 "%s is \"%s\", which is not allowed: set it to %s, "
	                 "or unset it",
	                 name, value, allowed);
}

/* The position of `value` in a NULL-terminated list; -1 if it is not there. */
static int find_word(const char *const words[], const char *value)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], value))
			return i;
	return -1;
}

/* Write a NULL-terminated list as "shm or socket" or "auto, mp or mpi". */
static void join_words(const char *const words[], char text[WORDS_BYTES])
{
	int used = 0;

	for (int i = 0; words[i] && used < WORDS_BYTES; i++)
		used +=
		    snprintf(text + used, (size_t)(WORDS_BYTES - used), "%s%s",
		             i == 0         ? ""
		             : words[i + 1] ? ", "
		                            : " or ",
		             words[i]);
}

static bool parse_count(const char *text, unsigned long long *out)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0';
}

/* An unset variable leaves *out as it is. */
static cohort_status read_word(const char *name, const char *const words[],
                               int *out)
{
	const char *value = environment_get(name);
	char allowed[WORDS_BYTES];

	if (!value)
		return COHORT_OK;
	int found = find_word(words, value);
	if (found < 0) {
		join_words(words, allowed);
		return bad_value(name, value, allowed);
	}
	*out = found;
	return COHORT_OK;
}

static cohort_status read_flag(const char *name, bool *out)
{
	static const char *const words[] = {"0", "1", NULL};
	int found = *out;
	cohort_status status = read_word(name, words, &found);

	*out = found == 1;
	return status;
}

/* The most processes that this one may have beside it. */
static unsigned long long process_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NPROC, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return SIZE_LIMIT;
	return limit.rlim_cur < SIZE_LIMIT ? limit.rlim_cur : SIZE_LIMIT;
}

static cohort_status check_size(const char *name, unsigned long long size)
{
	unsigned long long limit = process_limit();

	if (size <= limit)
		return COHORT_OK;
	if (limit == SIZE_LIMIT)
		return error_set(COHORT_ECONFIG,
		                 "%s asks for %llu ranks, more than the %d "
		                 "that mp starts at the most",
		                 name, size, SIZE_LIMIT);
	return error_set(COHORT_ECONFIG,
	                 "%s asks for %llu ranks, but this process may have "
	                 "%llu processes only: ask for fewer, or raise the "
	                 "limit (ulimit -u)",
	                 name, size, limit);
}

static cohort_status read_size(const char *name, int *out)
{
	const char *value = environment_get(name);
	unsigned long long size;

	if (!value)
		return COHORT_OK;
	if (!parse_count(value, &size) || size == 0)
		return bad_value(name, value, "a whole number from 1 up");
	cohort_status status = check_size(name, size);
	if (status == COHORT_OK)
		*out = (int)size;
	return status;
}

static cohort_status read_seconds(const char *name, double *out)
{
	const char *value = environment_get(name);
	char *end;

	if (!value)
		return COHORT_OK;
	double seconds = strtod(value, &end);
	if (end == value || *end || !isfinite(seconds) || seconds < 0)
		return bad_value(name, value,
		                 "a number of seconds, 0 for no limit");
	*out = seconds;
	return COHORT_OK;
}

/* "dynamic" or "dynamic,8", spelled as OMP_SCHEDULE spells it. */
static cohort_status read_schedule(const char *name, struct config *out)
{
	static const char allowed[] =
	    "static, dynamic[,chunk] or guided[,chunk], chunk from 1 up";
	const char *value = environment_get(name);
	char word[16];

	if (!value)
		return COHORT_OK;
	size_t length = strcspn(value, ",");
	if (length >= sizeof(word))
		return bad_value(name, value, allowed);
	memcpy(word, value, length);
	word[length] = '\0';

	const cohort_schedule found = schedule_parse(word);
	unsigned long long chunk = 0;
	if (found == COHORT_SCHEDULE_DEFAULT)
		return bad_value(name, value, allowed);
	if (value[length] == ',' && (found == COHORT_STATIC ||
	                             !parse_count(value + length + 1, &chunk) ||
	                             chunk == 0 || chunk > SIZE_MAX))
		return bad_value(name, value, allowed);
	out->schedule = found;
	out->chunk = (size_t)chunk;
	return COHORT_OK;
}

static cohort_status read_environment(struct config *out)
{
	cohort_status status;
	int backend = BACKEND_AUTO;
	int level = LOG_DEFAULT;
	int transport = TRANSPORT_SHM;
	int progress = PROGRESS_AUTO;

	if ((status = read_word("COHORT_BACKEND", backend_words, &backend)) ||
	    (status = read_word("COHORT_LOG", log_words, &level)) ||
	    (status =
	         read_word("COHORT_TRANSPORT", transport_words, &transport)) ||
	    (status = read_size("COHORT_SIZE", &out->size)) ||
	    (status = read_seconds("COHORT_TIMEOUT", &out->timeout)) ||
	    (status = read_schedule("COHORT_SCHEDULE", out)) ||
	    (status =
	         read_word("COHORT_PROGRESS", progress_words, &progress)) ||
	    (status = read_flag("COHORT_ISOLATE", &out->isolate)) ||
	    (status = read_flag("COHORT_CHECK", &out->check)))
		return status;

	out->backend = (enum backend_kind)backend;
	if (backend != BACKEND_AUTO)
		out->backend_from = "COHORT_BACKEND";
	out->transport = (enum transport)transport;
	out->progress = (enum progress_mode)progress;
	out->log_level = (enum log_level)level;
	return COHORT_OK;
}

static cohort_status bad_backend(const char *name)
{
	char allowed[WORDS_BYTES];

	join_words(backend_words, allowed);
	return error_set(COHORT_ECONFIG,
	                 "options.backend is \"%s\", which is no backend: use "
	                 "%s",
	                 name, allowed);
}

static cohort_status read_options(const cohort_options *options,
                                  struct config *out)
{
	if (options->backend) {
		int found = find_word(backend_words, options->backend);
		if (found < 0)
			return bad_backend(options->backend);
		out->backend = (enum backend_kind)found;
		out->backend_from = "options.backend";
	}
	if (options->size < 0)
		return error_set(COHORT_ECONFIG,
		                 "options.size is %d: it must be a number of "
		                 "ranks, or 0 for the default",
		                 options->size);
	const bool no_timeout = options->timeout == COHORT_NO_TIMEOUT;
	if (!no_timeout &&
	    !(isfinite(options->timeout) && options->timeout >= 0))
		return error_set(COHORT_ECONFIG,
		                 "options.timeout is %g: it must be a number "
		                 "of seconds, 0 for the default, or "
		                 "COHORT_NO_TIMEOUT",
		                 options->timeout);
	if (options->size > 0) {
		cohort_status status = check_size(
		    "options.size", (unsigned long long)options->size);
		if (status != COHORT_OK)
			return status;
		out->size = options->size;
		out->size_from_options = true;
	}
	if (options->timeout != 0)
		out->timeout = no_timeout ? 0 : options->timeout;
	out->mpi_comm = options->mpi_comm;
	return COHORT_OK;
}

cohort_status config_read(const cohort_options *options, struct config *out)
{
	struct config config = {
	    .backend_from = "nothing",
	    .schedule = COHORT_DYNAMIC,
	};
	cohort_status status = read_environment(&config);

	if (status == COHORT_OK && options)
		status = read_options(options, &config);
	if (status == COHORT_OK)
		*out = config;
	return status;
}

cohort_status config_test_nodes(int *out)
{
	static const char name[] = "COHORT_TEST_NODES";
	const char *value = environment_get(name);
	unsigned long long nodes = 0;

	if (value && (!parse_count(value, &nodes) || nodes > SIZE_LIMIT))
		return bad_value(name, value, "a number of nodes to pretend");
	*out = (int)nodes;
	return COHORT_OK;
}
