#include "failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE_BYTES = 4096 };

static char sentence[SENTENCE_BYTES];

bool failure(const char *format, ...)
{
	char text[SENTENCE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	memcpy(sentence, text, sizeof(text));
	return false;
}

const char *failure_sentence(void)
{
	return sentence;
}
