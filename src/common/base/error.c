#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char last[ERROR_BYTES];

static const struct {
	const char *name;
	const char *meaning;
} statuses[] = {
#define ROW(name, meaning) {"COHORT_" #name, meaning},
    COHORT_STATUS_MAP(ROW)
#undef ROW
};

const char *cohort_status_name(cohort_status status)
{
	const size_t known = sizeof(statuses) / sizeof(*statuses);

	return (size_t)status < known ? statuses[status].name : "COHORT_?";
}

const char *cohort_error(void)
{
	return last;
}

cohort_status error_set(cohort_status status, const char *format, ...)
{
	int saved = errno;
	va_list args;

	/* Formatted aside: an argument may be the sentence itself. */
	char sentence[ERROR_BYTES];
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	memcpy(last, sentence, sizeof(last));
	errno = saved;
	return status;
}

cohort_status error_sys(const char *format, ...)
{
	int saved = errno;
	char what[ERROR_BYTES / 2];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	errno = saved;
	return error_set(saved == ENOMEM ? COHORT_ENOMEM : COHORT_ESYS,
	                 "%s: %s", what, strerror(saved));
}
