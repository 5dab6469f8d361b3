/* The program's locale has a decimal comma. Variables and sentences are as in "C",
 * and the program's locale stays. */
#define _POSIX_C_SOURCE 200809L
#include "scenarios.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_comma(void)
{
	char text[16];

	snprintf(text, sizeof(text), "%.1f", 1.5);
	return !strcmp(text, "1,5");
}

enum guest_end run_comma(const char *journal, int number)
{
	const struct guest guest = {.journal = journal, .check = has_comma};

	(void)number;
	if (!setlocale(LC_ALL, "de_DE.UTF-8") || !has_comma()) {
		fprintf(stderr, "there is no de_DE.UTF-8 in %s\n",
		        getenv("LOCPATH"));
		return GUEST_WRONG;
	}
	setenv("COHORT_TIMEOUT", "600.5", 1);
	return guest_run(&guest);
}
