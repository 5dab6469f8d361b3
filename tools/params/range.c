/* Decimal numbers are whole numbers of their last digit's unit, so that sums
 * have no rounding errors. */
#include "range.h"

#include "base/failure.h"
#include "base/number.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MOST = 15 };

static const int64_t count_most = 1000000000;

/* value = units / 10^digits */
struct decimal {
	int64_t units;
	int digits;
};

/* Reads a number without an exponent and with at most DIGITS_MOST digits. */
static bool read_decimal(const char *text, struct decimal *out)
{
	const bool is_negative = *text == '-';
	int read = 0;
	bool fraction = false;

	*out = (struct decimal){0};
	for (text += is_negative || *text == '+'; *text; text++) {
		if (*text == '.' && !fraction) {
			fraction = true;
			continue;
		}
		if (!isdigit((unsigned char)*text) || read == DIGITS_MOST)
			return false;
		out->units = out->units * 10 + (*text - '0');
		out->digits += fraction;
		read++;
	}
	out->units = is_negative ? -out->units : out->units;
	return read > 0;
}

/* Gives the number `digits` digits behind its point. */
static bool widen(struct decimal *number, int digits)
{
	while (number->digits < digits) {
		if (number->units > INT64_MAX / 20 ||
		    number->units < INT64_MIN / 20)
			return false;
		number->units *= 10;
		number->digits++;
	}
	return true;
}

static void add_decimal(struct table *out, struct decimal number)
{
	char text[NUMBER_BYTES];
	int64_t scale = 1;

	while (number.digits > 0 && number.units % 10 == 0) {
		number.units /= 10;
		number.digits--;
	}
	for (int i = 0; i < number.digits; i++)
		scale *= 10;
	const int64_t whole = number.units / scale;
	const int64_t rest = llabs(number.units % scale);
	int length = snprintf(text, sizeof(text), "%s%" PRId64,
	                      number.units < 0 && whole == 0 ? "-" : "", whole);
	if (number.digits > 0)
		length += snprintf(text + length, sizeof(text) - (size_t)length,
		                   ".%0*" PRId64, number.digits, rest);
	table_add_value(out, text, (size_t)length);
	table_end_row(out);
}

bool range_make(const char *name, const char *from, const char *to,
                const char *step, struct table *out)
{
	struct decimal numbers[3];
	const char *const texts[3] = {from, to, step};
	int digits = 0;
	bool good = true;

	for (int i = 0; i < 3; i++) {
		good = good && read_decimal(texts[i], &numbers[i]);
		digits =
		    numbers[i].digits > digits ? numbers[i].digits : digits;
	}
	for (int i = 0; i < 3; i++)
		good = good && widen(&numbers[i], digits);
	if (!good)
		return failure("-p %s=range:%s:%s:%s: expected FROM:TO:STEP, "
		               "decimal numbers of at most %d digits, as in "
		               "range:0:1:0.25",
		               name, from, to, step, DIGITS_MOST);
	const int64_t length = numbers[1].units - numbers[0].units;
	const int64_t stride = numbers[2].units;
	if (length != 0 && (stride == 0 || (length > 0) != (stride > 0)))
		return failure("-p %s=range:%s:%s:%s: steps of %s do not lead "
		               "from %s to %s",
		               name, from, to, step, step, from, to);
	if (length != 0 && length / stride >= count_most)
		return failure("-p %s=range:%s:%s:%s: more than %" PRId64
		               " values are too many",
		               name, from, to, step, count_most);
	for (int64_t i = 0; i <= (length == 0 ? 0 : length / stride); i++)
		add_decimal(out, (struct decimal){numbers[0].units + i * stride,
		                                  digits});
	return true;
}
