#define _GNU_SOURCE /* pthread_getattr_np */
#include "group.h"

#include "common/base/flush_streams.h"
#include "common/base/log.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

unsigned group_forks;

/* The world of every closed group: the accessors read it, and nobody writes it.
 * So they need not ask whether a group is closed. */
static const struct backend closed_backend = {.name = ""};
static struct worker_stats closed_stats;
static struct rank_states closed_states;
static world_caller closed_caller;
static struct world closed_world = {
    .backend = &closed_backend,
    .rank = -1,
    .size = -1,
    .local_rank = -1,
    .local_size = -1,
    .stats = &closed_stats,
    .states = &closed_states,
    .caller = &closed_caller,
};

void group_set_closed(cohort *group)
{
	group->world = &closed_world;
	group->broken = COHORT_ESTATE;
	atomic_store(&group->extension, NULL);
}

bool group_is_closed(const cohort *group)
{
	return group->world == &closed_world;
}

int cohort_rank(const cohort *group)
{
	return group ? group->world->rank : -1;
}

int cohort_size(const cohort *group)
{
	return group ? group->world->size : -1;
}

int cohort_local_rank(const cohort *group)
{
	return group ? group->world->local_rank : -1;
}

int cohort_local_size(const cohort *group)
{
	return group ? group->world->local_size : -1;
}

bool cohort_is_root(const cohort *group)
{
	return cohort_rank(group) == 0;
}

const char *cohort_backend(const cohort *group)
{
	return group ? group->world->backend->name : "";
}

/* Whether both frames are in this thread's stack, which grows down, and
 * `outer` is outside of `inner`. A coroutine has another stack. */
static bool is_outside(const char *outer, const char *inner)
{
	pthread_attr_t attributes;
	void *stack = NULL;
	size_t bytes = 0;

	if (outer <= inner || pthread_getattr_np(pthread_self(), &attributes))
		return false;
	pthread_attr_getstack(&attributes, &stack, &bytes);
	pthread_attr_destroy(&attributes);
	return inner > (const char *)stack &&
	       outer < (const char *)stack + bytes;
}

const char *group_left_text(enum group_left how)
{
	return how == GROUP_LEFT_BY_LONGJMP ? "longjmp"
	       : how == GROUP_LEFT_BY_QUICK_EXIT
	           ? "quick_exit"
	           : "an exception or by pthread_exit";
}

/* NULL in ranks. */
static const char *task_frame;
static _Atomic int *task_left;
static unsigned task_forks; /* group_forks then */

void group_note_task(const void *frame, _Atomic int *left)
{
	task_frame = frame;
	task_left = left;
	task_forks = group_forks;
}

bool group_runs_tasks(void)
{
	return task_left && task_forks == group_forks;
}

bool group_tell_left(enum group_left how)
{
	if (!task_left)
		return false;
	atomic_store(task_left, how);
	return true;
}

void group_end_copy_if_left(const void *frame)
{
	if (!task_frame || !is_outside(frame, task_frame))
		return;
	(void)group_tell_left(GROUP_LEFT_BY_LONGJMP);
	_exit(EXIT_FAILURE);
}

void group_end_if_left(const cohort *group, const char *function)
{
	if (!group_is_own(group) || !group_is_in_task(group) ||
	    caller_is_other(group->world->caller, &errno) ||
	    !is_outside(__builtin_frame_address(0), group->callback_frame))
		return;
	flush_stdout();
	log_line(LOG_ERROR, group->world->rank,
	         "%s: called after a function of the job was left by longjmp: "
	         "the program ends, because ranks would wait for each other; "
	         "let build, execute, teardown and on_result return",
	         function);
	_Exit(EXIT_FAILURE);
}

static _Thread_local const char *callback_name;

const char *group_set_callback(const char *name)
{
	const char *before = callback_name;

	callback_name = name;
	return before;
}

const char *group_callback(void)
{
	return callback_name ? callback_name : "a task";
}

static _Thread_local bool in_hook;

void group_set_in_hook(bool now)
{
	in_hook = now;
}

bool group_is_in_hook(void)
{
	return in_hook;
}

cohort_status group_refuse_in_hook(const char *function)
{
	return error_set(
	    COHORT_ESTATE,
	    "%s: called in the middle of a call of this library, from a "
	    "fork hook (options.before_fork, after_fork_parent, "
	    "after_fork_child) or a handler of a signal: call it "
	    "afterwards",
	    function);
}

/* While the program's functions run, another thread may be one that a task has
 * started. */
static cohort_status turn_away_in_sweep(const cohort *group,
                                        const char *function)
{
	if (caller_is_other(group->world->caller, &errno))
		return error_set(COHORT_ESTATE,
		                 "%s: another thread of rank %d is in "
		                 "cohort_scatter, where other ranks cannot "
		                 "join: call it after cohort_scatter",
		                 function, group->world->rank);
	return error_set(COHORT_ESTATE,
	                 "%s: called from inside %s, where other ranks cannot "
	                 "join: call it after cohort_scatter",
	                 function, group_callback());
}

cohort_status group_turn_away(const cohort *group, const char *function)
{
	group_end_copy_if_left(__builtin_frame_address(0));
	if (!group)
		return error_set(COHORT_EINVAL,
		                 "%s: group is NULL: pass the group that "
		                 "cohort_open returned",
		                 function);
	if (group_is_closed(group))
		return error_set(COHORT_ESTATE,
		                 "%s: this group is closed: call it before "
		                 "cohort_close, or open another group",
		                 function);
	if (!group_is_own(group))
		return error_set(COHORT_ESTATE,
		                 "%s: this process was forked off by rank %d "
		                 "and is no rank itself: call it in the rank",
		                 function, group->world->rank);
	if (in_hook)
		return group_refuse_in_hook(function);
	group_end_if_left(group, function);
	if (group_is_in_task(group))
		return turn_away_in_sweep(group, function);
	if (group->broken != COHORT_OK)
		return error_set(group->broken, "%s", group->sentence);
	if (group_is_interrupted(group))
		return error_set(COHORT_EINTERRUPTED,
		                 "%s: rank %d was interrupted: its program has "
		                 "called cohort_interrupt; close the group",
		                 function, group->world->rank);
	return COHORT_OK;
}

void group_break(cohort *group, cohort_status status)
{
	group->broken = status;
	memcpy(group->sentence, cohort_error(), ERROR_BYTES);
}
