/*
 * Values of --parse from output that is kept. A record has the values that its
 * run's --parse has found; with other options they are taken from the packed
 * files again, so that a sweep need not run its tasks anew for them.
 */
#ifndef TOOLS_SWEEP_PARSE_ANEW_H
#define TOOLS_SWEEP_PARSE_ANEW_H

#include "outcome.h"
#include "task/parse.h"

/*
 * Make the outcomes of `count` tasks of the sweep in `folder` as `parse` would
 * have made them. A task whose program ended well is ok or failed by what is
 * found now. owned[i] is released and replaced where an outcome is, and is what
 * the new one points to.
 */
void parse_anew(const char *folder, const struct parse *parse,
                struct outcome outcomes[], void *owned[], size_t count);

#endif
