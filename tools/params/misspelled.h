/* Values that were probably meant as something else than they say. */
#ifndef TOOLS_PARAMS_MISSPELLED_H
#define TOOLS_PARAMS_MISSPELLED_H

#include <stdbool.h>

/*
 * Check a list of values, which no word of values.h or distribution.h begins.
 * A value without quotes is refused, with a sentence that has the nearest word,
 * if it is one of
 *
 *	unifrom:0:1      words almost like a known one, and a colon; the more
 *	                 so if numbers follow
 *	gauss:0:1        with samples: any word, and two numbers or more
 *	5,range:0:1:0.1  a known word behind another value
 *
 * In quotes, as in -p 'x="range:0:1:0.1"', all of them are values.
 */
bool misspelled_check(const char *name, const char *text, bool samples);

#endif
