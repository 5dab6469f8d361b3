/* The beginning and the end of every collective call. */
#ifndef COHORT_COMMON_CORE_GROUP_CALL_H
#define COHORT_COMMON_CORE_GROUP_CALL_H

#include "common/base/cancellation.h"
#include "group.h"
#include "left_call.h"

/* Every collective call begins here. COHORT_EINVAL for NULL; COHORT_ESTATE in
 * a task, in a fork hook, in a forked copy, after cohort_close, or while
 * another thread is in a call; COHORT_EMISMATCH if a call was left; the status
 * that broke the group. `function` is the caller's name, for the sentence. */
COHORT_CHECKED static inline cohort_status group_enter(cohort *group,
                                                       const char *function)
{
	/* Read on every path, so that the compiler asks for the address of the
	 * thread's errno once a call and not twice. */
	const int *self = &errno;
	const int saved = *self;

	if (!group || !group_is_own(group) ||
	    atomic_load_explicit(&group->occupied, memory_order_relaxed) ||
	    group->broken != COHORT_OK ||
	    atomic_load_explicit(group->world->caller, memory_order_relaxed)) {
		cohort_status status = group_turn_away(group, function);
		if (status == COHORT_OK)
			status = left_call_find(group, function);
		if (status != COHORT_OK)
			return status;
	}
	atomic_store_explicit(group->world->caller, self, memory_order_relaxed);
	if (group->world->cancels)
		group->cancel_state = cancellation_forbid();
	group->saved_errno = saved;
	return COHORT_OK;
}

/* Every collective call ends here, or in group_refuse: another thread may make
 * one now. Returns `status`. */
static inline cohort_status group_leave(const cohort *group,
                                        cohort_status status)
{
	if (group->world->cancels)
		cancellation_allow(group->cancel_state);
	atomic_store_explicit(group->world->caller, NULL, memory_order_relaxed);
	return status;
}

/* Every call of a backend function that can fail ends here: a failure breaks
 * the group. */
static inline cohort_status group_finish(cohort *group, cohort_status status)
{
	if (status != COHORT_OK)
		group_break(group, status);
	errno = group->saved_errno;
	return status;
}

/* The last backend function of a call, which LEFT_CALL_GUARD has watched, has
 * returned. */
static inline cohort_status group_end(struct left_call *call,
                                      cohort_status status)
{
	cohort *group = call->group;

	call->group = NULL;
	return group_leave(group, group_finish(group, status));
}

/* The arguments are bad: release the peers, and return `status`, whose sentence
 * is written. The group stays usable on this rank. */
COHORT_COLD cohort_status group_refuse(cohort *group, const struct call *call,
                                       cohort_status status);

/* This rank cannot go on in the middle of a call: release the peers, and break
 * the group. */
COHORT_COLD cohort_status group_give_up(cohort *group, const struct call *call,
                                        cohort_status status);

/* Inside a call, before a step for which this rank lacks memory, or not:
 * `mine` is its status, with the sentence written, or COHORT_OK. If one rank
 * cannot go on, this fails on every rank, and the group stays usable. The
 * sentence of the others says that the rank has no memory for `what`. On
 * backends without `agree` a rank breaks the group, and the others are told. */
cohort_status group_agree(cohort *group, const struct call *call,
                          cohort_status mine, const char *what);

/* The same on a backend with `agree`, if all ranks know which one cannot go
 * on. */
COHORT_COLD cohort_status group_lack(cohort *group, const struct call *call,
                                     const struct inability *inability,
                                     cohort_status mine, const char *what);

/* This rank cannot go on at the end of a call, for which no rank needs it any
 * more. With backends that have `agree` the group stays usable, since the ranks
 * are in step. */
COHORT_COLD cohort_status group_fail_last(cohort *group,
                                          const struct call *call,
                                          cohort_status status);

/* The group's one struct call, cleared for a call of kind `kind`. Only after
 * group_enter: a forked copy of a rank shares the struct with the rank. */
static inline struct call *group_call(const cohort *group, enum call_kind kind)
{
	struct call *call = group->world->call;

	*call = (struct call){.kind = kind, .group = group->world->number};
	return call;
}

#endif
