/* The values of one -p option. */
#ifndef TOOLS_PARAMS_VALUES_H
#define TOOLS_PARAMS_VALUES_H

#include "table.h"

/*
 * Make a table with the one column `name` of `text`, which is one of
 *
 *	A,B,C                       as in a line of CSV
 *	linspace:FROM:TO:COUNT      both ends included, equally spaced
 *	logspace:FROM:TO:COUNT      10 to these powers
 *	range:FROM:TO:STEP          TO included if the steps meet it
 *	file:PATH                   the lines of a file
 *
 * Numbers are written in their shortest form. The numbers of a range have no
 * rounding errors, if FROM, TO and STEP are decimal numbers of at most 15
 * digits.
 */
bool values_read(const char *name, const char *text, struct table *out);

/* Whether the text begins with the name of one of these, or of something that
 * `word` names, and a colon. */
bool values_have_word(const char *text, const char *word);

/* Whether the text begins with the name of one of these and a colon. */
bool values_are_made(const char *text);

/* The word before the colon of number `i` of these; NULL behind the last. */
const char *values_word(size_t i);

#endif
