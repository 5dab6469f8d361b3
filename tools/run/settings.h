/* The variables that the options of `cohort run` stand for. */
#ifndef TOOLS_RUN_SETTINGS_H
#define TOOLS_RUN_SETTINGS_H

#include "base/text.h"
#include "options.h"

/* Set the variables in this process's environment. False, with a sentence, if
 * a value is none of the words that are allowed; numbers are checked by
 * cohort_predict. */
bool settings_apply(const struct run_options *options);

/* Append "NAME=VALUE " for each that an option has set, quoted for a shell. */
void settings_print(const struct run_options *options, struct text *out);

/* Call `take` with the name of each variable of the table that is set, by an
 * option or before. */
void settings_each(void (*take)(const char *name, void *arg), void *arg);

/* The option that stands for the variable which a sentence of the library
 * begins with, as in "--timeout"; NULL if the option is not given. */
const char *settings_option_of(const struct run_options *options,
                               const char *sentence);

#endif
