/* Whether the launcher of this process's job is there: one that has been killed
 * tells nobody. */
#ifndef COHORT_MPI_LAUNCHER_WATCH_H
#define COHORT_MPI_LAUNCHER_WATCH_H

#include "common/core/backend.h"

#include <stdbool.h>

/* Remember the process that has started this one for the launcher. `launcher`:
 * NULL if none was recognised. */
void launcher_watch_begin(const struct launcher *launcher);

/* Whether it has ended. Reads a file ten times a second at most. Any thread may
 * call it, but no forked copy of this process. */
bool launcher_watch_is_over(void);

#endif
