#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_BYTES = 1200 };

static const char *const level_names[] = {
#define NAME(name, word) #word,
    LOG_LEVEL_MAP(NAME)
#undef NAME
};

/* Atomic: threads may open groups at the same time. */
static _Atomic int threshold = LOG_DEFAULT;

const char *log_level_name(enum log_level level)
{
	return level_names[level];
}

void log_set_threshold(enum log_level level)
{
	atomic_store(&threshold, (int)level);
}

void log_line(enum log_level level, int rank, const char *format, ...)
{
	if ((int)level > atomic_load(&threshold))
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

	/* One write for each line, so that lines of several ranks do not mix.
	 * If it fails there is nowhere to report that. */
	ssize_t written = write(STDERR_FILENO, line, (size_t)used);
	(void)written;
	errno = saved;
}
