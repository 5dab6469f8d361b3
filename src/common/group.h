/* A group as the public calls see it: a backend's world, and what has become
 * of it. */
#ifndef COHORT_COMMON_GROUP_H
#define COHORT_COMMON_GROUP_H

#include "backend.h"
#include "error.h"
#include "progress.h"

struct sweep;
struct allocation;

struct cohort {
	struct world *world;
	struct cohort *next;        /* of the process's open groups */
	unsigned forks;             /* of the process, when this was opened */
	cohort_status broken;       /* COHORT_OK while it is not */
	char sentence[ERROR_BYTES]; /* why it is */
	bool in_task;
	int saved_errno;          /* the program's, during a call */
	cohort_schedule schedule; /* for jobs that leave it open */
	size_t chunk;
	bool isolate; /* for jobs that do not say it themselves */
	enum progress_mode progress_mode;
	struct progress progress;
	bool stops;                     /* cohort_stop_on_signals was called */
	_Atomic(cohort *) next_stopped; /* of those groups; see stop.c */
	struct sweep *sweep; /* the last one; NULL before the first */
	struct allocation *allocations;
};

/* Every collective call begins here: COHORT_EINVAL for NULL, COHORT_ESTATE in
 * a task or in a forked copy, or the status that broke the group. `function`
 * is the caller's name, for the sentence. */
COHORT_CHECKED cohort_status group_enter(cohort *group, const char *function);

/* This process, a forked copy of a rank, is there for its tasks only: it opens
 * no groups of its own. */
void group_become_task(void);

/* Whether this process is a rank of the group, and not a forked copy of one. */
bool group_is_own(const cohort *group);

/* Release what cohort_alloc has given and cohort_free has not taken back. */
void group_free_all(cohort *group);

/* Every slot's status goes through here: a failure breaks the group. */
cohort_status group_finish(cohort *group, cohort_status status);

/* The arguments are bad: release the peers, and return `status`, whose
 * sentence is written. The group stays usable here. */
cohort_status group_refuse(cohort *group, const struct call *call,
                           cohort_status status);

/* This rank cannot go on in the middle of a call: release the peers, and break
 * the group. */
cohort_status group_give_up(cohort *group, const struct call *call,
                            cohort_status status);

/* A call of this group, of kind `kind`. */
struct call group_call(const cohort *group, enum call_kind kind);

#endif
