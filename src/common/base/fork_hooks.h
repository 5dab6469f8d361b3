/* The functions that a program wants called around the forks that copy it, as
 * by pthread_atfork. */
#ifndef COHORT_COMMON_BASE_FORK_HOOKS_H
#define COHORT_COMMON_BASE_FORK_HOOKS_H

typedef void fork_hook(void *arg);

/* All NULL: the program has none. */
struct fork_hooks {
	fork_hook *before;
	fork_hook *in_parent;
	fork_hook *in_child;
	void *arg;
	/* Calls a hook; see fork_hook_call. Not NULL if a hook is not. */
	void (*call)(fork_hook *hook, void *arg);
};

static inline void fork_hooks_before(const struct fork_hooks *set)
{
	if (set->before)
		set->call(set->before, set->arg);
}

/* Also if the fork failed. */
static inline void fork_hooks_in_parent(const struct fork_hooks *set)
{
	if (set->in_parent)
		set->call(set->in_parent, set->arg);
}

static inline void fork_hooks_in_child(const struct fork_hooks *set)
{
	if (set->in_child)
		set->call(set->in_child, set->arg);
}

#endif
