/* The groups of the process: the open ones, and those that were closed.
 * Any thread may call these functions. */
#ifndef COHORT_COMMON_CORE_GROUP_LIST_H
#define COHORT_COMMON_CORE_GROUP_LIST_H

#include "cohort.h"
#include "common/base/error.h"

#include <stdbool.h>

/* Count the process's forks in group_forks from now on. Call it before the
 * first group is added. COHORT_ENOMEM. */
COHORT_CHECKED cohort_status group_list_watch_forks(void);

/* One thread at a time opens a group: two of them could fork the ranks twice.
 * COHORT_ESTATE, with the sentence written, while another thread is between
 * begin and end. A rank that the opening thread forks calls end, too. */
COHORT_CHECKED cohort_status group_list_begin_open(void);
void group_list_end_open(void);

/* Memory for another group, all 0: that of the group that was closed first, if
 * many are closed. NULL with errno set. */
cohort *group_list_make(void);

/* The group is open now. */
void group_list_add(cohort *group);

/* cohort_scatter calls the program's functions from now on, or no longer. Calls
 * on the group are refused meanwhile, and on the groups whose ranks are the
 * same processes. The functions are called from below `frame`. */
void group_list_begin_task(const cohort *group, const void *frame);
void group_list_end_task(const cohort *group);

/* group_end_if_left for each open group. */
void group_list_end_if_left(const char *function);

/* Whether a group of this process runs tasks, or another one of the job's
 * functions, and whether this thread runs them. */
enum task_place { TASK_NOWHERE, TASK_IN_OTHER_THREAD, TASK_IN_THIS_THREAD };
enum task_place group_list_task_place(void);

/* A thread of this process enters, or leaves, a fork hook: group_enter asks
 * group_turn_away on every open group meanwhile. */
void group_list_hook_begins(void);
void group_list_hook_ends(void);

/* Take a group from the list, so that no other thread closes it. COHORT_ESTATE,
 * with the sentence written, if it cannot be closed. */
COHORT_CHECKED cohort_status group_list_take(cohort *group);

/* The same for the open group that was opened last of those that share their
 * ranks with `group`, which was taken before. NULL: there is none. */
cohort *group_list_take_beside(const cohort *group);

/* Keep a group that was taken and closed, or could not be opened. Its memory is
 * never released, so later calls on it are refused and read no other memory. */
void group_list_keep_closed(cohort *group);

#endif
