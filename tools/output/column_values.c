#include "column_values.h"

#include "base/memory.h"
#include "base/number.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MISSING = '\1', PRESENT = '\2' };

/* Doubles hold all whole numbers up to this one. */
static const int64_t exact_whole = INT64_C(1) << 53;

static bool is_utf8(const char *value)
{
	json_t *string = json_string(value);

	json_decref(string);
	return string != NULL;
}

bool column_values_add(struct column_values *values, const char *value)
{
	static const char missing = MISSING;
	static const char present = PRESENT;

	if (value && !is_utf8(value))
		return false;
	text_add(&values->bytes, value ? &present : &missing, 1);
	text_add(&values->bytes, value ? value : "",
	         value ? strlen(value) + 1 : 1);
	values->count++;
	return true;
}

/* Digits of a number in JSON's notation: 0, or none that begins with 0. */
static const char *skip_whole(const char *at)
{
	if (*at == '0')
		return at + 1;
	while (isdigit((unsigned char)*at))
		at++;
	return at;
}

/* The digits behind a point or an exponent, at least one; NULL if there is
 * none. */
static const char *skip_digits(const char *at)
{
	const char *first = at;

	while (isdigit((unsigned char)*at))
		at++;
	return at > first ? at : NULL;
}

enum column_type column_value_type(const char *text)
{
	const char *first = text + (*text == '-');
	const char *at = skip_whole(first);
	double real;

	if (at == first)
		return COLUMN_STRING;
	if (!*at && strcmp(text, "-0") != 0) {
		errno = 0;
		strtoimax(text, NULL, 10);
		return errno ? COLUMN_STRING : COLUMN_WHOLE;
	}
	if (*at == '.')
		at = skip_digits(at + 1);
	if (at && (*at == 'e' || *at == 'E')) {
		at++;
		at = skip_digits(at + (*at == '+' || *at == '-'));
	}
	return at && !*at && number_read(text, &real) ? COLUMN_REAL
	                                              : COLUMN_STRING;
}

static bool is_exact(const char *text)
{
	const intmax_t value = strtoimax(text, NULL, 10);

	return value >= -exact_whole && value <= exact_whole;
}

enum column_type column_values_type(struct column_values *values,
                                    const struct output_column *column)
{
	const char *at = values->bytes.bytes;
	bool all_whole = true;
	bool all_exact = true;
	bool any = false;

	if (column->kind == OUTPUT_TEXT)
		return COLUMN_STRING;
	for (size_t i = 0; i < values->count; i++, at += strlen(at) + 1) {
		const enum column_type type =
		    *at == PRESENT ? column_value_type(at + 1) : COLUMN_REAL;

		if (type == COLUMN_STRING)
			return COLUMN_STRING;
		any = any || *at == PRESENT;
		all_whole = all_whole && type == COLUMN_WHOLE;
		if (type == COLUMN_WHOLE)
			all_exact = all_exact && is_exact(at + 1);
	}
	if (!any)
		return column->kind == OUTPUT_NUMBER ? COLUMN_REAL
		                                     : COLUMN_STRING;
	return all_whole   ? COLUMN_WHOLE
	       : all_exact ? COLUMN_REAL
	                   : COLUMN_STRING;
}

int64_t *column_values_whole(struct column_values *values)
{
	int64_t *array = memory_new(values->count, sizeof(*array));
	const char *at = values->bytes.bytes;

	for (size_t i = 0; i < values->count; i++, at += strlen(at) + 1)
		array[i] = strtoimax(at + 1, NULL, 10);
	return array;
}

double *column_values_real(struct column_values *values)
{
	double *array = memory_new(values->count, sizeof(*array));
	const char *at = values->bytes.bytes;

	for (size_t i = 0; i < values->count; i++, at += strlen(at) + 1)
		if (*at == MISSING || !number_read(at + 1, &array[i]))
			array[i] = NAN;
	return array;
}

const char **column_values_strings(struct column_values *values)
{
	const char **array = memory_new(values->count, sizeof(*array));
	const char *at = values->bytes.bytes;

	for (size_t i = 0; i < values->count; i++, at += strlen(at) + 1)
		array[i] = *at == MISSING ? NULL : at + 1;
	return array;
}

void column_values_free(struct column_values *values)
{
	text_free(&values->bytes);
	*values = (struct column_values){0};
}
