/* Subcommands that look at a sweep: argv[0] is the subcommand. They return the
 * exit status. */
#ifndef TOOLS_RESULTS_RESULTS_H
#define TOOLS_RESULTS_RESULTS_H

#include "base/options.h"

extern const struct option_set results_option_set;
extern const struct option_set output_option_set;
extern const struct option_set status_option_set;

int results_main(int argc, char *argv[]);
int output_main(int argc, char *argv[]);
int status_main(int argc, char *argv[]);

#endif
