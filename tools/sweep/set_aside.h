/* The directory of an earlier sweep: whether it may be used or moved. */
#ifndef TOOLS_SWEEP_SET_ASIDE_H
#define TOOLS_SWEEP_SET_ASIDE_H

#include <stdbool.h>

/* False with a sentence if a sweep that runs uses this directory. That there is
 * none is fine. */
bool set_aside_check(const char *folder);

/* Rename the directory to the first of NAME.1, NAME.2, ... that is free, unless
 * a sweep that runs uses it. False with a sentence. */
bool set_aside(const char *folder);

#endif
