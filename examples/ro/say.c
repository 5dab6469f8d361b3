#include "say.h"

#include <stdarg.h>
#include <stdio.h>

int say_error(const char *format, ...)
{
	va_list args;

	fputs("ro_sweep: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return -1;
}
