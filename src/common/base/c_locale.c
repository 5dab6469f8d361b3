#define _GNU_SOURCE /* strerror_l */
#include "c_locale.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* This thread's locale, while it is "C". */
struct borrowed_locale {
	locale_t c; /* 0: there is no memory for it; the thread's own is used */
	locale_t before;
};

/* The C libraries have "C" ready: this neither allocates nor reads a file. */
static void borrow_c(struct borrowed_locale *out)
{
	out->c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (out->c)
		out->before = uselocale(out->c);
}

static void give_back(const struct borrowed_locale *borrowed)
{
	if (!borrowed->c)
		return;
	uselocale(borrowed->before);
	freelocale(borrowed->c);
}

int c_vsnprintf(char *text, size_t room, const char *format, va_list args)
{
	struct borrowed_locale locale;

	borrow_c(&locale);
	const int length = vsnprintf(text, room, format, args);
	give_back(&locale);
	return length;
}

double c_strtod(const char *text, char **end)
{
	struct borrowed_locale locale;

	borrow_c(&locale);
	const double value = strtod(text, end);
	give_back(&locale);
	return value;
}

const char *error_text(int number)
{
	struct borrowed_locale locale;

	borrow_c(&locale);
	const char *text = strerror(number);
	give_back(&locale);
	return text;
}

const char *signal_text(int number)
{
	struct borrowed_locale locale;

	borrow_c(&locale);
	const char *text = strsignal(number);
	give_back(&locale);
	return text ? text : "unknown";
}
