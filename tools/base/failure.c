#include "failure.h"

#include "exit_status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE_BYTES = 4096 };

static char sentence[SENTENCE_BYTES];
static int exit_status = EXIT_USAGE;

/* An argument may be the sentence itself. */
static void keep(int status, const char *format, va_list args)
{
	char text[SENTENCE_BYTES];

	vsnprintf(text, sizeof(text), format, args);
	memcpy(sentence, text, sizeof(text));
	exit_status = status;
}

bool failure(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep(EXIT_USAGE, format, args);
	va_end(args);
	return false;
}

bool failure_of_system(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep(EXIT_SYSTEM, format, args);
	va_end(args);
	return false;
}

bool failure_of(bool is_given, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	keep(is_given ? EXIT_USAGE : EXIT_SYSTEM, format, args);
	va_end(args);
	return false;
}

int failure_status(void)
{
	return exit_status;
}

const char *failure_sentence(void)
{
	return sentence;
}
