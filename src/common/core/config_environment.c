#include "config_environment.h"

#include "common/base/c_locale.h"
#include "common/base/digest.h"
#include "common/base/environment.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/schedule.h"
#include "config_words.h"
#include "size_limit.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cohort_status bad_value(const char *name, const char *value,
                               const char *allowed)
{
	return error_set(COHORT_ECONFIG,
	                 "%s is \"%s\", which is not allowed: set it to %s, "
	                 "or unset it",
	                 name, value, allowed);
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

/* The position of the value in a NULL-terminated list of words. */
static cohort_status parse_word(const char *name, const char *value,
                                const char *const words[], int *out)
{
	const int found = config_find_word(words, value);
	char allowed[WORDS_BYTES];

	if (found < 0)
		return bad_value(name, value,
		                 config_join_words(words, allowed));
	*out = found;
	return COHORT_OK;
}

static cohort_status parse_flag(const char *name, const char *value, bool *out)
{
	static const char *const words[] = {"0", "1", NULL};
	int found = 0;
	cohort_status status = parse_word(name, value, words, &found);

	*out = found == 1;
	return status;
}

/* How the value of each variable is read: `value` is neither NULL nor "". */
static cohort_status read_backend(const char *name, const char *value,
                                  struct config *out)
{
	int found = BACKEND_AUTO;
	cohort_status status = parse_word(name, value, backend_words, &found);

	out->backend = (enum backend_kind)found;
	if (found != BACKEND_AUTO)
		out->backend_from = name;
	return status;
}

static cohort_status read_size(const char *name, const char *value,
                               struct config *out)
{
	unsigned long long size;

	if (!parse_count(value, &size) || size == 0)
		return bad_value(name, value, "a whole number from 1 up");
	cohort_status status = size_limit_check(name, size);
	if (status == COHORT_OK)
		out->size = (int)size;
	return status;
}

static cohort_status read_timeout(const char *name, const char *value,
                                  struct config *out)
{
	char *end;
	const double seconds = c_strtod(value, &end);

	if (end == value || *end || !isfinite(seconds) || seconds < 0)
		return bad_value(name, value,
		                 "a number of seconds, 0 for no limit");
	out->timeout = seconds;
	return COHORT_OK;
}

static cohort_status read_transport(const char *name, const char *value,
                                    struct config *out)
{
	int found = TRANSPORT_SHM;
	cohort_status status = parse_word(name, value, transport_words, &found);

	out->transport = (enum transport)found;
	return status;
}

static cohort_status bad_schedule(const char *name, const char *value)
{
	char words[WORDS_BYTES];
	char allowed[WORDS_BYTES + 32];

	snprintf(allowed, sizeof(allowed), "%s, chunk from 1 up",
	         config_join_words(schedule_choices, words));
	return bad_value(name, value, allowed);
}

/* "dynamic" or "dynamic,8", spelled as OMP_SCHEDULE spells it. */
static cohort_status read_schedule(const char *name, const char *value,
                                   struct config *out)
{
	const size_t length = strcspn(value, ",");
	unsigned long long chunk = 0;
	char word[16];

	if (length >= sizeof(word))
		return bad_schedule(name, value);
	memcpy(word, value, length);
	word[length] = '\0';
	const cohort_schedule found = schedule_parse(word);
	if (found == COHORT_SCHEDULE_DEFAULT)
		return bad_schedule(name, value);
	if (value[length] == ',' && (!schedule_takes_chunk(found) ||
	                             !parse_count(value + length + 1, &chunk) ||
	                             chunk == 0 || chunk > SIZE_MAX))
		return bad_schedule(name, value);
	out->schedule = found;
	out->chunk = (size_t)chunk;
	return COHORT_OK;
}

static cohort_status read_isolate(const char *name, const char *value,
                                  struct config *out)
{
	return parse_flag(name, value, &out->isolate);
}

static cohort_status read_journal_unlocked(const char *name, const char *value,
                                           struct config *out)
{
	return parse_flag(name, value, &out->journal_unlocked);
}

static cohort_status read_progress(const char *name, const char *value,
                                   struct config *out)
{
	int found = PROGRESS_AUTO;
	cohort_status status = parse_word(name, value, progress_words, &found);

	out->progress = (enum progress_mode)found;
	return status;
}

static cohort_status read_check(const char *name, const char *value,
                                struct config *out)
{
	return parse_flag(name, value, &out->check);
}

static cohort_status read_log(const char *name, const char *value,
                              struct config *out)
{
	int found = LOG_DEFAULT;
	cohort_status status = parse_word(name, value, log_words, &found);

	out->log_level = (enum log_level)found;
	return status;
}

/* Every variable that users set. `same`: all ranks of an mpi group must have
 * the same value. That is not needed where a variable changes only what a rank
 * prints, where all ranks follow the one that sets it (COHORT_CHECK), where
 * only rank 0 reads it (COHORT_JOURNAL_UNLOCKED), or where another check
 * refuses it (COHORT_BACKEND). */
static const struct config_variable {
	const char *name;
	cohort_status (*read)(const char *name, const char *value,
	                      struct config *out);
	bool same;
} config_variables[] = {
    {"COHORT_BACKEND", read_backend, false},
    {"COHORT_SIZE", read_size, true},
    {"COHORT_TIMEOUT", read_timeout, true},
    {"COHORT_TRANSPORT", read_transport, true},
    {"COHORT_SCHEDULE", read_schedule, true},
    {"COHORT_ISOLATE", read_isolate, true},
    {"COHORT_JOURNAL_UNLOCKED", read_journal_unlocked, false},
    {"COHORT_PROGRESS", read_progress, false},
    {"COHORT_CHECK", read_check, false},
    {"COHORT_LOG", read_log, false},
};

enum {
	CONFIG_VARIABLES = sizeof(config_variables) / sizeof(*config_variables)
};

/* A digest of values, not of texts, so that an unset variable counts as one
 * with the default value. */
static uint64_t digest_values(const struct config *config)
{
	const struct {
		uint64_t size, transport, schedule, chunk, isolate;
		double timeout;
	} values = {
	    .size = (uint64_t)config->size,
	    .transport = config->transport,
	    .schedule = (uint64_t)config->schedule,
	    .chunk = config->chunk,
	    .isolate = config->isolate,
	    .timeout = config->timeout,
	};

	return digest_add(DIGEST_BEGIN, &values, sizeof(values));
}

/* "COHORT_TIMEOUT=5 COHORT_ISOLATE=1" */
static void list_values(char *text, size_t room)
{
	size_t length = 0;

	snprintf(text, room, "none that count");
	for (int i = 0; i < CONFIG_VARIABLES && length < room; i++) {
		const char *name = config_variables[i].name;
		const char *value =
		    config_variables[i].same ? environment_get(name) : NULL;
		if (value)
			length += (size_t)snprintf(text + length, room - length,
			                           "%s%s=%s", length ? " " : "",
			                           name, value);
	}
}

cohort_status config_environment_read(struct config *out)
{
	for (int i = 0; i < CONFIG_VARIABLES; i++) {
		const char *name = config_variables[i].name;
		const char *value = environment_get(name);
		cohort_status status =
		    value ? config_variables[i].read(name, value, out)
		          : COHORT_OK;
		if (status != COHORT_OK)
			return status;
	}
	out->variables_digest = digest_values(out);
	list_values(out->variables, sizeof(out->variables));
	return COHORT_OK;
}

static bool is_config_variable(const char *name, size_t length)
{
	static const char *const others[] = {
	    "COHORT_TEST_", "COHORT_INSIDE=", /* nesting.h */
	    /* What the command cohort tells the tasks of a sweep. */
	    "COHORT_TASK_", "COHORT_P_"};

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strncmp(name, others[i], strlen(others[i])))
			return true;
	for (int i = 0; i < CONFIG_VARIABLES; i++)
		if (strlen(config_variables[i].name) == length &&
		    !strncmp(config_variables[i].name, name, length))
			return true;
	return false;
}

/* "COHORT_BACKEND, COHORT_SIZE, ..." */
static void list_config_variables(char *text, size_t room)
{
	size_t used = 0;

	for (int i = 0; i < CONFIG_VARIABLES && used < room; i++)
		used +=
		    (size_t)snprintf(text + used, room - used, "%s%s",
		                     i ? ", " : "", config_variables[i].name);
}

static void warn_unknown(const char *variable, void *rank)
{
	const size_t length = strcspn(variable, "=");
	char known[256];

	if (is_config_variable(variable, length))
		return;
	list_config_variables(known, sizeof(known));
	log_line(LOG_WARN, *(const int *)rank,
	         "%.*s is set, but cohort reads no variable of that name: it "
	         "reads %s",
	         (int)length, variable, known);
}

void config_environment_warn(int rank)
{
	environment_each("COHORT_", warn_unknown, &rank);
}
