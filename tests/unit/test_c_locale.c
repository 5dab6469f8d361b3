/* Numbers and texts as in "C", whatever the program's locale is. fault/surroundings
 * runs whole sweeps in a locale with a decimal comma. */
#define _GNU_SOURCE /* newlocale */
#include "common/base/c_locale.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static int print(char *text, size_t room, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	const int length = c_vsnprintf(text, room, format, args);
	va_end(args);
	return length;
}

static void expect_c(void)
{
	char text[32];
	char *end;

	cr_expect(print(text, sizeof(text), "%.1f %g", 1234.5, 7.5) == 10);
	cr_expect_str_eq(text, "1234.5 7.5");
	cr_expect(c_strtod("7.5", &end) == 7.5 && !*end);
	cr_expect(c_strtod("7,5", &end) == 7 && !strcmp(end, ",5"));
	cr_expect_str_eq(error_text(ENOENT), "No such file or directory");
	cr_expect_str_eq(signal_text(SIGKILL), "Killed");
}

Test(c_locale, numbers_and_texts)
{
	expect_c();
	cr_expect_str_not_empty(signal_text(12345));
	cr_expect_str_not_empty(error_text(12345));
}

Test(c_locale, a_text_that_is_too_long_is_cut)
{
	char text[4] = "zzz";

	cr_expect(print(text, sizeof(text), "%d", 123456) == 6);
	cr_expect_str_eq(text, "123");
}

/* A thread's own locale is the same one afterwards. */
Test(c_locale, the_threads_locale_stays)
{
	static const char *const names[] = {"de_DE.UTF-8", "de_DE.utf8",
	                                    "fr_FR.UTF-8", "C.UTF-8", "C"};
	locale_t own = (locale_t)0;

	for (size_t i = 0; !own; i++)
		own = newlocale(LC_ALL_MASK, names[i], (locale_t)0);
	uselocale(own);
	expect_c();
	cr_expect(uselocale((locale_t)0) == own);
	uselocale(LC_GLOBAL_LOCALE);
	expect_c();
	cr_expect(uselocale((locale_t)0) == LC_GLOBAL_LOCALE);
	freelocale(own);
}
