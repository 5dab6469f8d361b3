#define _GNU_SOURCE /* strerror_l */
#include "c_locale.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The locales of this thread while it uses "C". */
struct locale_switch {
	locale_t c; /* 0: there is no memory for it; the thread's own is used */
	locale_t before;
};

/* The C libraries have "C" ready: this neither allocates nor reads a file. */
static void switch_to_c(struct locale_switch *out)
{
	out->c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (out->c)
		out->before = uselocale(out->c);
}

static void switch_back(const struct locale_switch *locale)
{
	if (!locale->c)
		return;
	uselocale(locale->before);
	freelocale(locale->c);
}

int c_vsnprintf(char *text, size_t room, const char *format, va_list args)
{
	struct locale_switch locale;

	switch_to_c(&locale);
	const int length = vsnprintf(text, room, format, args);
	switch_back(&locale);
	return length;
}

double c_strtod(const char *text, char **end)
{
	struct locale_switch locale;

	switch_to_c(&locale);
	const double value = strtod(text, end);
	switch_back(&locale);
	return value;
}

const char *error_text(int number)
{
	struct locale_switch locale;

	switch_to_c(&locale);
	const char *text = strerror(number);
	switch_back(&locale);
	return text;
}

const char *signal_text(int number)
{
	struct locale_switch locale;

	switch_to_c(&locale);
	const char *text = strsignal(number);
	switch_back(&locale);
	return text ? text : "unknown";
}

void c_locale_stay(void)
{
	struct locale_switch locale;

	switch_to_c(&locale);
}
