/* Calls that a child makes between its tasks, at which it can be killed. */
#ifndef FAULT_CHILDREN_HOOKS_H
#define FAULT_CHILDREN_HOOKS_H

#include "cohort.h"

#include <stdatomic.h>
#include <sys/types.h>

/* CMakeLists.txt reads this list too: one a line. */
#define HOOK_MAP(X)                             \
	X(TASK_BEGINS, child_state_task_begins) \
	X(TASK_ENDS, child_state_task_ends)     \
	X(KEEP_CURSOR, child_state_keep_cursor) \
	X(ASK, ticket_request_send)             \
	X(STORE_RESULT, result_store_result)    \
	X(STORE_ADD, result_store_add)          \
	X(WRITE, journal_write)

enum hook {
#define ROW(name, function) HOOK_##name,
	HOOK_MAP(ROW)
#undef ROW
	    HOOKS
};

extern const char *const hook_names[HOOKS];

enum hook_mode { KILL_BEFORE, KILL_AFTER, HOOK_MODES };

/* Shared with all children. */
struct hooks {
	_Atomic int armed; /* kills that are left */
	_Atomic int count; /* calls of the kind so far */
	enum hook kind;
	enum hook_mode mode;
	int at;     /* which call kills, from 1 */
	int signal; /* that kills */
};

extern struct hooks *hooks;

/* In every rank, before a group is opened. */
void hooks_create(void);

/* From now on. The process that calls this is the rank, and is not killed. */
void hooks_arm(enum hook kind, enum hook_mode mode, int at, int signal);
void hooks_disarm(void);

/* Whether children claim tickets for themselves, or ask the rank to. */
void hooks_set_claims(cohort *group, int copies_claim);

#endif
