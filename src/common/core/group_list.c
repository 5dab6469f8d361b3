#define _POSIX_C_SOURCE 200809L
#include "group_list.h"

#include "common/base/pin_library.h"
#include "group.h"
#include "process_mark.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Closed groups that are kept before one is used again. */
enum { CLOSED_GROUPS = 16 };

/* Held only while the lists are read or changed, and never while a backend is
 * called: cohort_open forks. A child of any fork finds it free, because the
 * handlers of group_list_watch_forks take it before each fork. */
static pthread_mutex_t lists = PTHREAD_MUTEX_INITIALIZER;

static struct {
	cohort *open;         /* a list */
	cohort *closed;       /* a list, the oldest first */
	cohort **last_closed; /* its end; NULL: it has never had a group */
	size_t closed_count;
	bool counts_forks;  /* the fork handlers are registered */
	unsigned hooks;     /* GROUP_IN_HOOK for each thread in a fork hook */
	pid_t opening;      /* the process with a thread in cohort_open */
	const void *opener; /* that thread, by the address of its errno */
} groups;

static void lock_lists(void)
{
	pthread_mutex_lock(&lists);
}

static void unlock_lists(void)
{
	pthread_mutex_unlock(&lists);
}

static void count_fork(void)
{
	group_forks++;
	unlock_lists();
}

cohort_status group_list_watch_forks(void)
{
	if (groups.counts_forks)
		return COHORT_OK;
	pin_library();
	if (pthread_atfork(lock_lists, unlock_lists, count_fork))
		return error_set(COHORT_ENOMEM,
		                 "cohort_open: pthread_atfork: no memory for a "
		                 "handler");
	groups.counts_forks = true;
	return COHORT_OK;
}

cohort_status group_list_begin_open(void)
{
	lock_lists();
	const bool open = groups.opening == getpid();
	const bool left = open && groups.opener == &errno;
	if (!open) {
		groups.opening = getpid();
		groups.opener = &errno;
		process_mark_open();
	}
	unlock_lists();
	if (left)
		return error_set(COHORT_ESTATE,
		                 "cohort_open: this thread has left another "
		                 "cohort_open before its end, by a jump "
		                 "(siglongjmp), or is in it: let handlers of "
		                 "signals set a flag, and return");
	return open ? error_set(COHORT_ESTATE,
	                        "cohort_open: another thread is in "
	                        "cohort_open: open one group at a time")
	            : COHORT_OK;
}

/* Only while a group is open, or is being opened, can the program's functions
 * run. The caller holds `lists`. */
static void drop_unused_mark(void)
{
	if (!groups.open && groups.opening != getpid())
		process_mark_close();
}

void group_list_end_open(void)
{
	lock_lists();
	groups.opening = 0;
	drop_unused_mark();
	unlock_lists();
}

cohort *group_list_make(void)
{
	cohort *group = NULL;

	lock_lists();
	if (groups.closed_count > CLOSED_GROUPS) {
		group = groups.closed;
		groups.closed = group->next;
		groups.closed_count--;
	}
	unlock_lists();
	if (!group)
		return calloc(1, sizeof(*group));
	memset(group, 0, sizeof(*group));
	return group;
}

void group_list_add(cohort *group)
{
	lock_lists();
	atomic_fetch_add(&group->occupied, groups.hooks);
	group->next = groups.open;
	groups.open = group;
	unlock_lists();
}

void group_list_begin_task(const cohort *group, const void *frame)
{
	lock_lists();
	for (cohort *other = groups.open; other; other = other->next) {
		if (other->world->caller != group->world->caller)
			continue;
		other->callback_frame = frame;
		atomic_fetch_or(&other->occupied, GROUP_IN_TASK);
	}
	unlock_lists();
}

void group_list_end_if_left(const char *function)
{
	lock_lists();
	for (const cohort *group = groups.open; group; group = group->next)
		group_end_if_left(group, function);
	unlock_lists();
}

void group_list_end_task(const cohort *group)
{
	lock_lists();
	for (cohort *other = groups.open; other; other = other->next)
		if (other->world->caller == group->world->caller)
			atomic_fetch_and(&other->occupied,
			                 ~(unsigned)GROUP_IN_TASK);
	unlock_lists();
}

enum task_place group_list_task_place(void)
{
	enum task_place place = TASK_NOWHERE;

	lock_lists();
	for (const cohort *group = groups.open;
	     group && place != TASK_IN_THIS_THREAD; group = group->next)
		if (group_is_in_task(group) && group_is_own(group))
			place = caller_is_other(group->world->caller, &errno)
			            ? TASK_IN_OTHER_THREAD
			            : TASK_IN_THIS_THREAD;
	unlock_lists();
	return place;
}

void group_list_hook_begins(void)
{
	lock_lists();
	groups.hooks += GROUP_IN_HOOK;
	for (cohort *group = groups.open; group; group = group->next)
		atomic_fetch_add(&group->occupied, GROUP_IN_HOOK);
	unlock_lists();
}

void group_list_hook_ends(void)
{
	lock_lists();
	groups.hooks -= GROUP_IN_HOOK;
	for (cohort *group = groups.open; group; group = group->next)
		atomic_fetch_sub(&group->occupied, GROUP_IN_HOOK);
	unlock_lists();
}

/* The link that points to `group`; NULL if it is not open. Does not read what
 * `group` points to. */
static cohort **find_open(const cohort *group)
{
	for (cohort **link = &groups.open; *link; link = &(*link)->next)
		if (*link == group)
			return link;
	return NULL;
}

static bool was_closed(const cohort *group)
{
	const cohort *closed = groups.closed;

	while (closed && closed != group)
		closed = closed->next;
	return closed != NULL;
}

static cohort_status refuse_close_again(bool closed)
{
	return error_set(COHORT_ESTATE, "cohort_close: this %s",
	                 closed ? "group is closed already"
	                        : "is not an open group: pass the group "
	                          "that cohort_open returned");
}

static cohort_status refuse_close_in_sweep(bool in_other_thread)
{
	return error_set(COHORT_ESTATE,
	                 "cohort_close: called from inside %s: close the group "
	                 "after cohort_scatter",
	                 in_other_thread ? "a sweep, by another thread"
	                                 : group_callback());
}

cohort_status group_list_take(cohort *group)
{
	lock_lists();
	cohort **link = find_open(group);
	const bool open = link != NULL;
	const bool in_task = open && group_is_in_task(group);
	const bool closed = !open && was_closed(group);
	const bool other =
	    open && caller_is_other(group->world->caller, &errno);
	const bool busy = other && group_is_own(group) && !in_task;
	if (open && !in_task && !busy)
		*link = group->next;
	unlock_lists();

	if (!open)
		return refuse_close_again(closed);
	if (in_task)
		return refuse_close_in_sweep(other);
	if (busy)
		return error_set(COHORT_ESTATE,
		                 "cohort_close: another thread is in a call, "
		                 "on this group or on one that shares its "
		                 "processes: make one call at a time");
	return COHORT_OK;
}

cohort *group_list_take_beside(const cohort *group)
{
	cohort **link = &groups.open;

	lock_lists();
	while (*link && ((*link)->world->backend != group->world->backend ||
	                 !group_is_own(*link)))
		link = &(*link)->next;
	cohort *found = *link;
	if (found)
		*link = found->next;
	unlock_lists();
	return found;
}

void group_list_keep_closed(cohort *group)
{
	lock_lists();
	group_set_closed(group);
	group->next = NULL;
	*(groups.last_closed ? groups.last_closed : &groups.closed) = group;
	groups.last_closed = &group->next;
	groups.closed_count++;
	drop_unused_mark();
	unlock_lists();
}
