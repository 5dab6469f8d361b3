#include "error.h"

#include "c_locale.h"
#include "sentence.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char last[ERROR_BYTES];
static _Thread_local struct error_call call;

#define STATUS_NAME(status) [status] = #status
static const char *const status_names[] = {
    STATUS_NAME(COHORT_OK),       STATUS_NAME(COHORT_EINVAL),
    STATUS_NAME(COHORT_ECONFIG),  STATUS_NAME(COHORT_EBACKEND),
    STATUS_NAME(COHORT_ESTATE),   STATUS_NAME(COHORT_EMISMATCH),
    STATUS_NAME(COHORT_EPEER),    STATUS_NAME(COHORT_ETIMEOUT),
    STATUS_NAME(COHORT_ETASK),    STATUS_NAME(COHORT_ENOMEM),
    STATUS_NAME(COHORT_ESYS),     STATUS_NAME(COHORT_EIO),
    STATUS_NAME(COHORT_ECORRUPT), STATUS_NAME(COHORT_ESTOPPED),
    STATUS_NAME(COHORT_EBUILD),   STATUS_NAME(COHORT_EINTERRUPTED),
};

enum { STATUSES = sizeof(status_names) / sizeof(*status_names) };
static_assert(STATUSES == COHORT_EINTERRUPTED + 1,
              "every cohort_status has a name");

const char *cohort_status_name(cohort_status status)
{
	return (size_t)status < STATUSES ? status_names[status] : "COHORT_?";
}

const char *cohort_error(void)
{
	return last;
}

struct error_call error_begin_call(const char *shared, const char *called)
{
	const struct error_call before = call;

	call = (struct error_call){shared, called};
	return before;
}

void error_end_call(struct error_call before)
{
	call = before;
}

/* What follows the name of the shared call; NULL if the sentence does not begin
 * with it. */
static const char *behind_shared(const char *sentence)
{
	const size_t bytes = call.shared ? strlen(call.shared) : 0;

	return bytes > 0 && !strncmp(sentence, call.shared, bytes) &&
	               !strncmp(sentence + bytes, ": ", 2)
	           ? sentence + bytes
	           : NULL;
}

cohort_status error_set(cohort_status status, const char *format, ...)
{
	int saved = errno;
	va_list args;

	/* Not formatted in place, because an argument may be the last
	 * sentence. */
	char sentence[ERROR_BYTES];
	va_start(args, format);
	sentence_format(sentence, sizeof(sentence), format, args);
	va_end(args);
	const char *rest = behind_shared(sentence);
	if (rest && strcmp(call.shared, call.called))
		return error_set(status, "%s%s", call.called, rest);
	memcpy(last, sentence, strlen(sentence) + 1);
	errno = saved;
	return status;
}

cohort_status error_sys(const char *format, ...)
{
	int saved = errno;
	char action[ERROR_BYTES / 2];
	va_list args;

	va_start(args, format);
	sentence_format(action, sizeof(action), format, args);
	va_end(args);
	errno = saved;
	return error_set(saved == ENOMEM ? COHORT_ENOMEM : COHORT_ESYS,
	                 "%s: %s", action, error_text(saved));
}
