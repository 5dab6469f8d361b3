#ifndef TOOLS_PARAMS_RANGE_H
#define TOOLS_PARAMS_RANGE_H

#include "table.h"

/* Add FROM, FROM + STEP, ... up to TO, which is included if it is met, as rows
 * of `out`. The sentence of a failure names the option -p `name`. */
bool range_make(const char *name, const char *from, const char *to,
                const char *step, struct table *out);

#endif
