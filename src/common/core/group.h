/* A group as the public calls see it: a backend's world and the state of the
 * calls on it. */
#ifndef COHORT_COMMON_CORE_GROUP_H
#define COHORT_COMMON_CORE_GROUP_H

#include "backend.h"
#include "common/base/error.h"
#include "common/base/fork_hooks.h"
#include "common/base/thread_pools.h"

#include <errno.h>
#include <stdatomic.h>

struct allocation;

enum { GROUP_IN_TASK = 1, GROUP_IN_HOOK = 2, GROUP_INTERRUPTED = 1 << 30 };

/* State that the sweeps attach to a group in the first call that needs some.
 * core can only release it. */
struct group_extension {
	/* cohort_close calls it once, before it closes the world, in a forked
	 * copy of the rank as well. */
	void (*release)(struct group_extension *extension);
};

/* The fields that every call reads come first. */
struct cohort {
	struct world *world;
	unsigned forks;       /* group_forks when the group was opened */
	unsigned scatters;    /* sweeps that this rank has entered */
	cohort_status broken; /* COHORT_OK unless broken or closed */
	/* GROUP_IN_TASK: cohort_scatter calls the program's functions;
	 * GROUP_INTERRUPTED: cohort_interrupt was called; and GROUP_IN_HOOK for
	 * each thread of the process in a fork hook. */
	atomic_uint occupied;
	int saved_errno;  /* the program's, during a call */
	int cancel_state; /* the thread's, during one of a world that cancels */
	struct cohort *next; /* in the list of the process's open groups */
	char sentence[ERROR_BYTES]; /* why the group is broken */
	cohort_schedule schedule;   /* for jobs with COHORT_SCHEDULE_DEFAULT */
	size_t chunk;               /* for jobs that set no chunk; 0: chosen */
	double timeout; /* seconds that a call may wait; 0: no limit */
	bool isolate;   /* for jobs that set neither isolate nor not_isolated */
	struct fork_hooks fork_hooks; /* around the forks of its sweeps */
	bool journal_unlocked;        /* journals may lie where no locks are */
	bool warned_of_threads;       /* that isolated tasks do not have */
	bool told_of_threads;         /* the same at level info */
	/* On mpi: those that exist at its opening; MPI starts some. */
	struct thread_set threads;
	enum progress_mode progress_mode;
	/* NULL: none. Other threads may read it while it is attached. */
	_Atomic(struct group_extension *) extension;
	struct allocation *allocations; /* of cohort_alloc; see alloc.c */
	world_caller own_caller;        /* for worlds that have none to share */
	/* While GROUP_IN_TASK: the frame of the function that calls those of
	 * the program, on the stack of its thread. */
	const char *callback_frame;
	_Atomic int interrupted; /* 1: as GROUP_INTERRUPTED */
	void (*interrupt)(void); /* the world's; see struct world */
};

/* Number of forks with handlers between the first process and this one. A group
 * remembers the number at its opening: in a child that the program forked, the
 * numbers differ. */
extern unsigned group_forks;

/* Whether this process is a rank of the group, and not a forked copy of one. */
static inline bool group_is_own(const cohort *group)
{
	return group->forks == group_forks;
}

/* cohort_close has released the group's world; the struct itself is still
 * there. From now on every call on it is refused. */
void group_set_closed(cohort *group);
bool group_is_closed(const cohort *group);

static inline bool group_is_in_task(const cohort *group)
{
	return atomic_load(&group->occupied) & GROUP_IN_TASK;
}

static inline bool group_is_interrupted(const cohort *group)
{
	return atomic_load(&group->interrupted);
}

/* This thread calls the job's function `name` ("on_result"), for the sentences
 * about calls from inside it; NULL: none, or execute. Returns what the last
 * call has set: a task may run a sweep in a group of its own. */
const char *group_set_callback(const char *name);

/* The place in a sweep from which this thread calls: "a task", or the name of
 * another function of the job. */
const char *group_callback(void);

/* Whether this thread is in a fork hook; see fork_hook_call. */
void group_set_in_hook(bool in_hook);
bool group_is_in_hook(void);

/* The status, with its sentence, of a call from a fork hook. */
COHORT_COLD COHORT_CHECKED cohort_status
group_refuse_in_hook(const char *function);

/* How a function of the program was left that did not return. */
enum group_left {
	GROUP_LEFT_BY_UNWINDING = 1,
	GROUP_LEFT_BY_LONGJMP = 2,
	GROUP_LEFT_BY_QUICK_EXIT = 3
};

/* "an exception or by pthread_exit" */
const char *group_left_text(enum group_left how);

/* This process is a forked copy of a rank and runs the rank's tasks, in a
 * function with this stack frame. If a call later comes from a frame outside of
 * it, a task has left the function by a jump that nothing else has noticed (see
 * jump_watch.h), and the copy would go on with the program: the call sets *left
 * to GROUP_LEFT_BY_LONGJMP and ends the process. */
void group_note_task(const void *frame, _Atomic int *left);

/* Whether this process is such a copy, and not one that a task has forked. */
bool group_runs_tasks(void);

/* In such a copy, or a process that a task there has forked: set *left. False
 * elsewhere. */
bool group_tell_left(enum group_left how);

/* The same for a function with this frame that is no call of the library. */
void group_end_copy_if_left(const void *frame);

/* End the program, with a sentence, if a function of the program that this
 * thread ran for the group was left by longjmp: if this call of `function`
 * comes from a frame outside of the one that had called it. */
void group_end_if_left(const cohort *group, const char *function);

/* The status and the sentence for a call that group_enter refuses. COHORT_OK
 * if the reason was another thread's fork hook, or world->caller. */
COHORT_COLD COHORT_CHECKED cohort_status group_turn_away(const cohort *group,
                                                         const char *function);

/* Break the group: every later call returns `status` and the sentence that has
 * just been written. */
COHORT_COLD void group_break(cohort *group, cohort_status status);

#endif
