#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_BYTES = 1200 };

void log_line(enum log_level level, int rank, const char *format, ...)
{
	if (level > config_log_level())
		return;

	int saved = errno;
	char line[LINE_BYTES];
	const int room = LINE_BYTES - 1;
	int used = rank < 0
	               ? snprintf(line, LINE_BYTES,
	                          "cohort: %s: ", log_level_name(level))
	               : snprintf(line, LINE_BYTES, "cohort[%d]: %s: ", rank,
	                          log_level_name(level));

	va_list args;
	va_start(args, format);
	used += vsnprintf(line + used, (size_t)(room - used), format, args);
	va_end(args);
	if (used >= room)
		used = room - 1;
	line[used++] = '\n';

	/* One write, so that the lines of several ranks do not mix. Nobody
	 * can be told if it fails. */
	ssize_t written = write(STDERR_FILENO, line, (size_t)used);
	(void)written;
	errno = saved;
}
