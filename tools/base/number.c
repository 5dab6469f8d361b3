#define _POSIX_C_SOURCE 200809L
#include "number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The program never calls setlocale, so that strtod and printf use the "C"
 * locale. */

enum { DIGITS_LEAST = 15, DIGITS_MOST = 17 };

bool number_read(const char *text, double *out)
{
	char *end;

	if (!*text || isspace((unsigned char)*text))
		return false;
	const double value = strtod(text, &end);
	if (*end || !isfinite(value))
		return false;
	*out = value;
	return true;
}

bool number_read_count(const char *text, uint64_t most, uint64_t *out)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	const unsigned long long value = strtoull(text, &end, 10);
	if (*end || errno || value > most)
		return false;
	*out = value;
	return true;
}

void number_write(double value, char text[NUMBER_BYTES])
{
	for (int digits = DIGITS_LEAST; digits <= DIGITS_MOST; digits++) {
		snprintf(text, NUMBER_BYTES, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			return;
	}
}
