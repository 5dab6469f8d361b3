/* Where a text that was cut may end. */
#include "common/base/utf8.h"

#include <criterion/criterion.h>

#include <string.h>

static const char *trimmed(const char *text)
{
	static char copy[32];

	strcpy(copy, text);
	utf8_trim(copy);
	return copy;
}

Test(utf8, a_whole_text_stays)
{
	static const char *const whole[] = {
	    "",       "a",       "ab",         "\u00e9",      "a\u00e9",
	    "\u20ac", "a\u20ac", "\U0001F600", "a\U0001F600", "\u20ac\u20ac"};

	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		cr_expect_str_eq(trimmed(whole[i]), whole[i]);
}

Test(utf8, an_incomplete_character_goes)
{
	cr_expect_str_eq(trimmed("a\xc3"), "a");
	cr_expect_str_eq(trimmed("a\xe2"), "a");
	cr_expect_str_eq(trimmed("a\xe2\x82"), "a");
	cr_expect_str_eq(trimmed("a\xf0\x9f\x98"), "a");
	cr_expect_str_eq(trimmed("\xe2\x82"), "");
	cr_expect_str_eq(trimmed("\u20ac\xe2\x82"), "\u20ac");
}

/* There is no first byte to cut at. */
Test(utf8, other_text_loses_little)
{
	cr_expect_str_eq(trimmed("a\x82\x82\x82\x82"), "a\x82\x82\x82\x82");
	cr_expect_str_eq(trimmed("\x82\x82"), "\x82\x82");
	cr_expect_str_eq(trimmed("caf\xe9"), "caf");
}
