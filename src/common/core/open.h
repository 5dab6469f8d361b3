/* cohort_open, cohort_close, cohort_abort. */
#ifndef COHORT_COMMON_CORE_OPEN_H
#define COHORT_COMMON_CORE_OPEN_H

#include "config.h"
#include "launcher.h"

#include <stdatomic.h>
#include <stdint.h>

/* Make this process, a forked copy of a rank, one that only runs the rank's
 * tasks: it opens no groups, and cohort_abort stores the exit code in the
 * bits GROUP_EXIT_CODE of *aborted, with the other bits of `key`, so that the
 * rank aborts. */
enum { GROUP_EXIT_CODE = 0xff };
void group_become_task(_Atomic uint64_t *aborted, uint64_t key);

/* What cohort_open reads first, in a task or outside: options, variables and
 * launcher. *launcher receives `found`, or NULL if none has started this
 * process. On failure *launcher is valid, and *config is not. */
COHORT_CHECKED cohort_status open_read(const cohort_options *options,
                                       struct config *config,
                                       struct launcher *found,
                                       const struct launcher **launcher);

#endif
