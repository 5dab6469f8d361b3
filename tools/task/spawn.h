/* Starts the program of a task. */
#ifndef TOOLS_TASK_SPAWN_H
#define TOOLS_TASK_SPAWN_H

#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What the program begins with. The strings are the caller's. */
struct spawn {
	const char *path; /* of the executable, with a slash */
	char *const *arguments;
	char **shell; /* the words of sh, path and arguments, for a text without
	               * #!, as execvp starts it: "/bin/sh", then room for the
	               * path, then the arguments behind the program's name */
	char *const *environment;
	const char *folder;     /* to begin in; NULL: this process's */
	int input;              /* descriptor of its standard input */
	int output;             /* of its standard output */
	int errors;             /* of its standard error */
	int nice;               /* to be added */
	uint64_t memory;        /* bytes of its address space; 0: no limit */
	int group;              /* descriptor to which it writes to join a
	                         * control group; -1: none */
	const cpu_set_t *cores; /* NULL: this process's */
	_Atomic int *noted;     /* receives its process group once it has one;
	                         * NULL: is not noted */
	bool is_leader;         /* receives whether it leads a process group of
	                         * its own */
};

/*
 * Start it as the leader of a process group of its own, with no signal
 * blocked and no descriptor but its standard streams; the kernel kills it if
 * this process ends first. It starts without the group, and without that order
 * to the kernel, in a sandbox that refuses them. Returns its id; -1 with errno,
 * and *action what the system refused ("execve"), if it did not start.
 *
 * The child begins with vfork: it shares this process's memory until it has
 * the new program, so the cost does not depend on how much memory this process
 * has.
 */
pid_t spawn_start(struct spawn *spawn, const char **action);

/* Whether a refusal of spawn_start lies in the program, its arguments, its
 * directory or its limits, so that it would be refused the next time, too. */
bool spawn_is_at_fault(const struct spawn *spawn, const char *action,
                       int error);

#endif
