#define _POSIX_C_SOURCE 200809L
#include "log.h"

#include "sentence.h"
#include "utf8.h"
#include "write_signals.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
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

/* The bytes of the control character that begins here; 0: none does. U+0080 to
 * U+009F are control characters too, of two bytes in UTF-8. */
static size_t control_bytes(const char *text)
{
	const unsigned char byte = (unsigned char)text[0];
	const unsigned char next = byte ? (unsigned char)text[1] : 0;

	if (byte == 0xc2 && next >= 0x80 && next <= 0x9f)
		return 2;
	return byte < ' ' || byte == 0x7f;
}

/* Copy text without control characters: one in a name or in a task's sentence
 * must not end the line or steer the terminal. Returns the length; the text is
 * cut between two characters to `room` bytes, with the 0. */
static size_t copy_printable(char *to, size_t room, const char *text)
{
	size_t used = 0;

	while (*text) {
		size_t control = control_bytes(text);
		if (used + (control ? 4 * control : 1) >= room)
			break;
		if (!control)
			to[used++] = *text++;
		for (; control > 0; control--)
			used +=
			    (size_t)snprintf(to + used, room - used, "\\x%02x",
			                     (unsigned char)*text++);
	}
	to[used] = '\0';
	if (*text)
		utf8_trim(to);
	return strlen(to);
}

void log_line(enum log_level level, int rank, const char *format, ...)
{
	if ((int)level > atomic_load(&threshold))
		return;

	struct write_signals signals;
	int saved = errno;
	char text[LINE_BYTES];
	char line[LINE_BYTES];
	int used = rank < 0
	               ? snprintf(line, LINE_BYTES,
	                          "cohort: %s: ", log_level_name(level))
	               : snprintf(line, LINE_BYTES, "cohort[%d]: %s: ", rank,
	                          log_level_name(level));

	va_list args;
	va_start(args, format);
	sentence_format(text, (size_t)(LINE_BYTES - 1 - used), format, args);
	va_end(args);
	/* One byte is left for the end of the line. */
	used += (int)copy_printable(line + used,
	                            (size_t)(LINE_BYTES - 1 - used), text);
	line[used++] = '\n';

	/* One write for each line, so that lines of several ranks do not mix.
	 * If it fails there is nowhere to report that. */
	write_signals_block_all(&signals);
	ssize_t written = write(STDERR_FILENO, line, (size_t)used);
	write_signals_restore(&signals, written < 0);
	errno = saved;
}
