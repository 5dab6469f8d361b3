/* The environment of a task's program. */
#ifndef TOOLS_TASK_ENVIRONMENT_H
#define TOOLS_TASK_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

/* Strings "NAME=VALUE", owned by the list. */
struct variable_list {
	char **variables;
	size_t count;
	size_t room;
};

struct task_environment {
	struct variable_list kept; /* of all tasks */
	struct variable_list own;  /* of one task */
	char **all;                /* both, with a NULL behind them */
};

/*
 * This process's environment, without the variables by which a launcher of MPI
 * jobs tells its processes who they are: a task may be an MPI program of one
 * rank, or start a job of its own. What the user has set for Open MPI is kept,
 * as far as it can be told from what its launcher sets.
 */
void task_environment_init(struct task_environment *environment);

/* Sets a variable of all tasks. */
void task_environment_keep(struct task_environment *environment,
                           const char *name, const char *value);

/* As task_environment_keep, if there is none of this name. */
void task_environment_default(struct task_environment *environment,
                              const char *name, const char *value);

/* Forgets the variables of the task before. */
void task_environment_begin(struct task_environment *environment);

/* Adds a variable of this task, which has none of its name. */
void task_environment_add(struct task_environment *environment,
                          const char *name, const char *value);

/* The same where it may have one, which goes. */
void task_environment_set(struct task_environment *environment,
                          const char *name, const char *value);

/* The list for execve. Valid until the next call. */
char *const *task_environment_list(struct task_environment *environment);

/* Whether these bytes can be a variable's name. */
bool task_environment_is_name(const char *name, size_t length);

void task_environment_free(struct task_environment *environment);

#endif
