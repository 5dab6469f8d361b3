/* Which of the columns that differ from run to run a table has. */
#ifndef TOOLS_SWEEP_MEASURES_H
#define TOOLS_SWEEP_MEASURES_H

#include <stdbool.h>

enum measures { MEASURES_USUAL, MEASURES_NONE, MEASURES_ALL };

/* As the options --no-measures and --all-measures say. False with a sentence if
 * both are given. */
bool measures_read(bool none, bool all, enum measures *out);

#endif
