/* Which messages reach stderr, and how a line looks. */
#define _POSIX_C_SOURCE 200809L
#include "common/base/log.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char text[8192];

/* What `print` writes to stderr, into `text`. */
static void capture(void (*print)(void))
{
	FILE *file = tmpfile();
	const int saved = dup(STDERR_FILENO);

	cr_assert(file && saved >= 0);
	dup2(fileno(file), STDERR_FILENO);
	print();
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
}

static void print_all(void)
{
	log_line(LOG_ERROR, -1, "%s", "e");
	log_line(LOG_WARN, 0, "w %d", 1);
	log_line(LOG_INFO, 2, "i");
	log_line(LOG_DEBUG, 12, "d");
}

Test(log, the_threshold_is_warn_until_it_is_set)
{
	capture(print_all);
	cr_expect_str_eq(text, "cohort: error: e\ncohort[0]: warn: w 1\n");
}

Test(log, lines_from_the_threshold_up)
{
	log_set_threshold(LOG_ERROR);
	capture(print_all);
	cr_expect_str_eq(text, "cohort: error: e\n");
	log_set_threshold(LOG_DEBUG);
	capture(print_all);
	cr_expect_str_eq(text, "cohort: error: e\ncohort[0]: warn: w 1\n"
	                       "cohort[2]: info: i\ncohort[12]: debug: d\n");
}

static void print_long(void)
{
	char long_text[4096];

	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	errno = 77;
	log_line(LOG_ERROR, 1, "%s", long_text);
	cr_expect(errno == 77);
}

Test(log, a_long_message_is_one_line)
{
	capture(print_long);
	cr_expect(strlen(text) > 1000 && strlen(text) < 2000);
	cr_expect(strchr(text, '\n') == text + strlen(text) - 1);
}

Test(log, names)
{
	cr_expect_str_eq(log_level_name(LOG_ERROR), "error");
	cr_expect_str_eq(log_level_name(LOG_DEBUG), "debug");
}

static void print_control(void)
{
	log_line(LOG_ERROR, -1,
	         "a\nb\x1b[31m\t\x7f \xe2\x82\xac \xc2\x9b\x33m\xc2\x80 "
	         "\xc2\xa0\xe2\x82\x9b \xc2");
}

Test(log, control_characters_are_escaped)
{
	capture(print_control);
	cr_expect_str_eq(text, "cohort: error: a\\x0ab\\x1b[31m\\x09\\x7f "
	                       "\xe2\x82\xac \\xc2\\x9b\x33m\\xc2\\x80 "
	                       "\xc2\xa0\xe2\x82\x9b \xc2\n");
}

/* One letter moves the cut to each place of a character of three bytes. */
static const char *ends[] = {"", "x", "xx"};
static size_t end;

static void print_euros(void)
{
	char euros[4096] = "";

	for (size_t i = 0; i < 1300; i++)
		strcat(euros, "\xe2\x82\xac");
	log_line(LOG_ERROR, -1, "%s%s", ends[end], euros);
}

Test(log, a_line_is_cut_between_two_characters)
{
	for (end = 0; end < 3; end++) {
		capture(print_euros);
		cr_expect(strlen(text) > 1000 &&
		          !strcmp(text + strlen(text) - 4, "\xe2\x82\xac\n"));
	}
}
