#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 512 };

static struct {
	cohort *group;
	int rank;
	unsigned long long count;
	char text[TEXT_BYTES];
} current;

void check_begin(cohort *group)
{
	current.group = group;
	current.rank = cohort_rank(group);
}

void check_case(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(current.text, sizeof(current.text), format, args);
	va_end(args);
}

unsigned long long check_count(void)
{
	return current.count;
}

/* One write, so that the ranks' lines do not mix. */
_Noreturn static void fail(const char *file, int line, const char *what)
{
	char text[4 * TEXT_BYTES];
	int length = snprintf(text, sizeof(text),
	                      "conformance: FAILED: rank %d, %s\n%s:%d: %s\n",
	                      current.rank, current.text, file, line, what);

	if (length >= (int)sizeof(text))
		length = (int)sizeof(text) - 1;
	ssize_t written = write(STDERR_FILENO, text, (size_t)length);
	(void)written;
	cohort_abort(current.group, EXIT_FAILURE);
}

void check_that(bool holds, const char *file, int line, const char *condition,
                const char *format, ...)
{
	char text[2 * TEXT_BYTES];
	va_list args;

	current.count++;
	if (holds)
		return;
	int used = snprintf(text, sizeof(text), "%s: ", condition);
	if (used < 0 || used >= (int)sizeof(text))
		used = 0;
	va_start(args, format);
	vsnprintf(text + used, sizeof(text) - (size_t)used, format, args);
	va_end(args);
	fail(file, line, text);
}

/* The sentence of a call that failed begins with its name; that of a setting
 * which is not allowed, with the setting's. */
static bool is_named(const char *call, cohort_status status)
{
	static const char sized[] = "_sized";
	const size_t whole = strcspn(call, "(");
	const char *end = strstr(call, sized);
	const size_t bytes = end && end + strlen(sized) == call + whole
	                         ? (size_t)(end - call)
	                         : whole;

	return status == COHORT_ECONFIG ||
	       strncmp(call, "cohort_", strlen("cohort_")) ||
	       (!strncmp(cohort_error(), call, bytes) &&
	        !strncmp(cohort_error() + bytes, ": ", 2));
}

void check_status(const char *file, int line, const char *call,
                  cohort_status expected, cohort_status found)
{
	char text[3 * TEXT_BYTES];

	current.count++;
	if (found == expected && (found == COHORT_OK || is_named(call, found)))
		return;
	snprintf(text, sizeof(text), "%s: expected %s%s, got %s: %s", call,
	         cohort_status_name(expected),
	         found == expected ? " and a sentence with the call's name"
	                           : "",
	         cohort_status_name(found),
	         found == COHORT_OK ? "" : cohort_error());
	fail(file, line, text);
}

void check_names(const char *file, int line, const char *word)
{
	char text[3 * TEXT_BYTES];

	current.count++;
	if (strstr(cohort_error(), word))
		return;
	snprintf(text, sizeof(text),
	         "cohort_error() is \"%s\", which does not say \"%s\"",
	         cohort_error(), word);
	fail(file, line, text);
}

void *check_alloc(size_t bytes)
{
	void *memory = malloc(bytes ? bytes : 1);

	CHECK(memory != NULL, "no memory for %zu bytes", bytes);
	return memory;
}
