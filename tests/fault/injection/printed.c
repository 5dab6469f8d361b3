#define _POSIX_C_SOURCE 200809L
#include "printed.h"

#include <ctype.h>
#include <string.h>

/* "cohort: " or "cohort[1]: ": what follows. NULL for another line. */
static const char *after_name(const char *line)
{
	static const char name[] = "cohort";
	const char *rest = line + sizeof(name) - 1;

	if (strncmp(line, name, sizeof(name) - 1) != 0)
		return NULL;
	if (*rest == '[')
		rest += strspn(rest, "[0123456789]");
	return strncmp(rest, ": ", 2) ? NULL : rest + 2;
}

static bool is_text(const char *line)
{
	for (; *line; line++)
		if (iscntrl((unsigned char)*line))
			return false;
	return true;
}

static bool is_of_ending(const char *rest)
{
	return strstr(rest, "killed by signal 9") ||
	       strstr(rest, "because ranks have died") ||
	       strstr(rest, "was interrupted");
}

/* The progress begins with a number. A rank with a broken group ends the job of a
 * launcher, and says so, as it does of a long wait on a busy machine; the sentence of the
 * failure is that of the call. */
static bool is_expected(const char *rest, const struct named_failure *failure)
{
	return isdigit((unsigned char)*rest) || strstr(rest, failure->call) ||
	       strstr(rest, failure->error) ||
	       (failure->launched && (strstr(rest, "ends the job") ||
	                              strstr(rest, "in MPI_Init"))) ||
	       (failure->ending && is_of_ending(rest));
}

const char *printed_misfit(char *text, const struct named_failure *failure)
{
	char *next;

	for (char *line = strtok_r(text, "\n", &next); line;
	     line = strtok_r(NULL, "\n", &next)) {
		const char *rest = after_name(line);
		if (!rest && failure->launched)
			continue;
		if (!rest || !is_text(line) || !is_expected(rest, failure))
			return line;
	}
	return NULL;
}
