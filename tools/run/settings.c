#define _POSIX_C_SOURCE 200809L
#include "settings.h"

#include "base/failure.h"
#include "base/names.h"
#include "task/shell_quote.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 5 };

static const struct setting {
	const char *variable;
	const char *option;
	size_t offset; /* in struct run_options */
	bool is_flag;
	const char *words[WORDS_MOST]; /* all that are allowed; none: others */
} settings[] = {
#define AT(field) offsetof(struct run_options, field)
    {"COHORT_BACKEND",
     "--backend",
     AT(backend),
     false,
     {"auto", "serial", "mp", "mpi"}},
    {"COHORT_SIZE", "--ranks", AT(ranks), false, {NULL}},
    {"COHORT_TRANSPORT",
     "--transport",
     AT(transport),
     false,
     {"shm", "socket"}},
    {"COHORT_TIMEOUT", "--timeout", AT(timeout), false, {NULL}},
    {"COHORT_CHECK", "--check", AT(check), true, {NULL}},
    {"COHORT_SCHEDULE", "--schedule", AT(schedule), false, {NULL}},
    {"COHORT_ISOLATE", "--isolate", AT(isolate), true, {NULL}},
    {"COHORT_JOURNAL_UNLOCKED",
     "--journal-unlocked",
     AT(unlocked),
     true,
     {NULL}},
    {"COHORT_PROGRESS",
     "--progress",
     AT(progress),
     false,
     {"auto", "always", "never"}},
    {"COHORT_LOG", "--log", AT(log), false, {"error", "warn", "info", "debug"}},
};

enum { SETTINGS = sizeof(settings) / sizeof(settings[0]) };

/* NULL: the option is not given. */
static const char *value_of(const struct setting *setting,
                            const struct run_options *options)
{
	const char *field = (const char *)options + setting->offset;
	const char *text;
	bool is_set;

	if (setting->is_flag) {
		memcpy(&is_set, field, sizeof(is_set));
		return is_set ? "1" : NULL;
	}
	memcpy(&text, field, sizeof(text));
	return text;
}

static bool refuse_word(const struct setting *setting, const char *value,
                        size_t count)
{
	struct text allowed = {0};
	const char *near = names_nearest(value, setting->words, count);

	for (size_t i = 0; i < count; i++)
		text_print(&allowed, "%s%s",
		           i == 0          ? ""
		           : i + 1 < count ? ", "
		                           : " or ",
		           setting->words[i]);
	failure("%s %s: expected %s%s%s%s", setting->option, value,
	        text_string(&allowed), near ? "; did you mean " : "",
	        near ? near : "", near ? "?" : "");
	text_free(&allowed);
	return false;
}

static bool check_word(const struct setting *setting, const char *value)
{
	size_t count = 0;

	while (count < WORDS_MOST && setting->words[count])
		if (!strcmp(setting->words[count++], value))
			return true;
	if (count > 0)
		return refuse_word(setting, value, count);
	/* An empty variable would count as unset. */
	return *value || failure("%s: the value is empty", setting->option);
}

bool settings_apply(const struct run_options *options)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const char *value = value_of(&settings[i], options);

		if (value && !check_word(&settings[i], value))
			return false;
		if (value)
			setenv(settings[i].variable, value, 1);
	}
	return true;
}

void settings_print(const struct run_options *options, struct text *out)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const char *value = value_of(&settings[i], options);

		if (!value)
			continue;
		text_print(out, "%s=", settings[i].variable);
		shell_quote(value, out);
		text_add_string(out, " ");
	}
}

void settings_each(void (*take)(const char *name, void *arg), void *arg)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const char *value = getenv(settings[i].variable);

		if (value && *value)
			take(settings[i].variable, arg);
	}
}

const char *settings_option_of(const struct run_options *options,
                               const char *sentence)
{
	const size_t length = strcspn(sentence, " ");

	for (size_t i = 0; i < SETTINGS; i++)
		if (!strncmp(settings[i].variable, sentence, length) &&
		    !settings[i].variable[length])
			return value_of(&settings[i], options)
			           ? settings[i].option
			           : NULL;
	return NULL;
}
