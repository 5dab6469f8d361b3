/* A group as the public calls see it: a backend's world, and what has become
 * of it. */
#ifndef COHORT_COMMON_CORE_GROUP_H
#define COHORT_COMMON_CORE_GROUP_H

#include "backend.h"
#include "common/base/error.h"

#include <errno.h>
#include <stdatomic.h>

struct allocation;

/* State that the sweeps attach to a group in the first call that needs some.
 * core knows nothing of it but how to release it. */
struct group_extension {
	/* cohort_close calls it once, before it closes the world, in a forked
	 * copy of the rank as well. */
	void (*release)(struct group_extension *extension);
};

/* What every call looks at comes first. */
struct cohort {
	struct world *world;
	unsigned forks;       /* of the process, when this was opened */
	cohort_status broken; /* COHORT_OK while it is not */
	bool in_task;
	int *
	    errno_place; /* of the thread in a call: to ask twice costs a call */
	int saved_errno;            /* the program's, during a call */
	struct cohort *next;        /* of the process's open groups */
	char sentence[ERROR_BYTES]; /* why it is broken */
	cohort_schedule schedule;   /* for jobs that leave it open */
	size_t chunk;
	bool isolate; /* for jobs that do not say it themselves */
	enum progress_mode progress_mode;
	/* NULL: none. Other threads may read it while it is attached. */
	_Atomic(struct group_extension *) extension;
	struct allocation *allocations;
};

/* How often this process's line was forked, with handlers run: a group knows
 * the number it was opened under, and so a copy of it in a child that the
 * program forked. */
extern unsigned group_forks;

/* Whether this process is a rank of the group, and not a forked copy of one. */
static inline bool group_is_own(const cohort *group)
{
	return group->forks == group_forks;
}

/* Why group_enter cannot. */
COHORT_COLD COHORT_CHECKED cohort_status group_turn_away(const cohort *group,
                                                         const char *function);

/* Every collective call begins here: COHORT_EINVAL for NULL, COHORT_ESTATE in
 * a task or in a forked copy, or the status that broke the group. `function`
 * is the caller's name, for the sentence. */
COHORT_CHECKED static inline cohort_status group_enter(cohort *group,
                                                       const char *function)
{
	if (!group || !group_is_own(group) || group->in_task ||
	    group->broken != COHORT_OK)
		return group_turn_away(group, function);
	group->errno_place = &errno;
	group->saved_errno = *group->errno_place;
	return COHORT_OK;
}

/* This process, a forked copy of a rank, is there for its tasks only: it opens
 * no groups of its own, and has the rank abort, by `aborted`, which becomes
 * GROUP_ABORTED + the exit code. */
enum { GROUP_ABORTED = 0x100 };
void group_become_task(_Atomic int *aborted);

/* Release what cohort_alloc has given and cohort_free has not taken back. */
void group_free_all(cohort *group);

/* It is broken from now on, for the reason that has just been written. */
COHORT_COLD void group_break(cohort *group, cohort_status status);

/* Every slot's status goes through here: a failure breaks the group. */
static inline cohort_status group_finish(cohort *group, cohort_status status)
{
	if (status != COHORT_OK)
		group_break(group, status);
	*group->errno_place = group->saved_errno;
	return status;
}

/* The arguments are bad: release the peers, and return `status`, whose
 * sentence is written. The group stays usable here. */
COHORT_COLD cohort_status group_refuse(cohort *group, const struct call *call,
                                       cohort_status status);

/* This rank cannot go on in the middle of a call: release the peers, and break
 * the group. */
COHORT_COLD cohort_status group_give_up(cohort *group, const struct call *call,
                                        cohort_status status);

/* A call of this group, of kind `kind`, to be filled in: the group's one place
 * for calls. Only after group_enter: a forked copy of a rank has the rank's. */
static inline struct call *group_call(const cohort *group, enum call_kind kind)
{
	struct call *call = group->world->call;

	*call = (struct call){.kind = kind, .group = group->world->number};
	return call;
}

#endif
