/* Sentences that are too long for their buffer. */
#include "common/base/sentence.h"

#include <criterion/criterion.h>

#include <string.h>

enum { ROOM = 32 };

static const char *copied(const char *text)
{
	static char to[ROOM];

	memset(to, '#', sizeof(to));
	sentence_copy(to, sizeof(to), text);
	return to;
}

COHORT_PRINTF(1, 2)
static const char *formatted(const char *format, ...)
{
	static char to[ROOM];
	va_list args;

	va_start(args, format);
	sentence_format(to, sizeof(to), format, args);
	va_end(args);
	return to;
}

Test(sentence, a_short_one_stays)
{
	cr_expect_str_eq(copied(""), "");
	cr_expect_str_eq(copied("1234567890123456789012345678901"),
	                 "1234567890123456789012345678901");
	cr_expect_str_eq(formatted("%d and %s", 7, "eight"), "7 and eight");
}

Test(sentence, a_long_one_keeps_beginning_and_end)
{
	cr_expect_str_eq(copied("12345678901234567890123456789012"),
	                 "1234567890123 ... 0123456789012");
	cr_expect_str_eq(
	    formatted("%s%050d%s", "it begins, ", 0, ", and it ends"),
	    "it begins, 00 ... , and it ends");
}

/* Letters move both borders to each place of a character of three bytes. */
Test(sentence, characters_stay_whole)
{
	static const char *const letters[] = {"", "x", "xx"};

	for (int before = 0; before < 3; before++)
		for (int behind = 0; behind < 3; behind++) {
			const char *text = formatted(
			    "%s\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
			    "\u20ac\u20ac\u20ac\u20ac%s",
			    letters[before], letters[behind]);
			const char *dots = strstr(text, " ... ");
			cr_assert(dots);
			cr_expect(strlen(text) > ROOM - 6);
			cr_expect(!memcmp(dots - 3, "\u20ac", 3), "%s", text);
			cr_expect(!memcmp(dots + 5, "\u20ac", 3), "%s", text);
		}
}

Test(sentence, other_encodings_lose_little)
{
	char text[100];

	memset(text, 0x82, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cr_expect(strlen(copied(text)) >= ROOM - 1 - 6);
	memset(text, 0xe9, sizeof(text) - 1);
	cr_expect(strlen(copied(text)) >= ROOM - 1 - 6);
}
