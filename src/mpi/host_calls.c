#include "host_calls.h"

#include "common/base/c_locale.h"
#include "common/base/error.h"
#include "common/base/sentence.h"
#include "common/base/wait_hook.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct module_host *library;

void host_set(const struct module_host *host)
{
	library = host;
}

const char *host_version(void)
{
	return library->version;
}

const char *host_error(void)
{
	return library->error();
}

int host_launcher_socket(void)
{
	return library->launcher_socket();
}

void wait_hook_call(void)
{
	library->wait_hook_call();
}

cohort_status host_test_nodes(int *out)
{
	return library->test_nodes(out);
}

cohort_status error_set(cohort_status status, const char *format, ...)
{
	const int saved = errno;
	char sentence[ERROR_BYTES];
	va_list args;

	va_start(args, format);
	sentence_format(sentence, sizeof(sentence), format, args);
	va_end(args);
	errno = saved;
	return library->error_set(status, "%s", sentence);
}

cohort_status error_sys(const char *format, ...)
{
	const int saved = errno;
	char what[ERROR_BYTES];
	va_list args;

	va_start(args, format);
	sentence_format(what, sizeof(what), format, args);
	va_end(args);
	errno = saved;
	return library->error_set(saved == ENOMEM ? COHORT_ENOMEM : COHORT_ESYS,
	                          "%s: %s", what, error_text(saved));
}

void log_line(enum log_level level, int rank, const char *format, ...)
{
	const int saved = errno;
	char line[ERROR_BYTES];
	va_list args;

	va_start(args, format);
	sentence_format(line, sizeof(line), format, args);
	va_end(args);
	errno = saved;
	library->log_line(level, rank, "%s", line);
}
