#define _GNU_SOURCE
#include "victim.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

const char *const victim_names[] = {
    "nobody",  "children",     "rank 0", "a peer", "the first process",
    "monitor", "nobody, stops"};

enum victim victim_draw(uint64_t *state, const struct setup *setup)
{
	static const enum victim any[] = {CHILDREN, CHILDREN, ROOT,
	                                  PEER,     PEER,     STARTED,
	                                  MONITOR,  CHILDREN, STOPPED};
	const enum victim victim = any[draw(state, 9)];

	if (victim == CHILDREN && !setup->isolate)
		return ROOT;
	/* The others would go on, and keep the task that a peer was running as
	 * failed: the table would be another one. */
	if (victim == PEER && !setup->isolate &&
	    !strcmp(setup->backend, "mp") && setup->size > 1)
		return ROOT;
	if (victim == MONITOR && strcmp(setup->backend, "mp") != 0)
		return STARTED;
	return victim;
}

/* Whether `pid` is a child of `parent`. */
static bool is_child(pid_t pid, pid_t parent)
{
	char name[64];
	char line[512] = "";
	int its = -1;

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	FILE *file = fopen(name, "re");
	if (!file)
		return false;
	if (fgets(line, sizeof(line), file)) {
		const char *end = strrchr(line, ')');
		if (end)
			sscanf(end, ") %*c %d", &its);
	}
	fclose(file);
	return its == parent;
}

static pid_t monitor_of(pid_t root)
{
	char name[64];
	char comm[32];
	int pid;
	pid_t found = 0;

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", (int)root,
	         (int)root);
	FILE *file = fopen(name, "re");
	while (file && !found && fscanf(file, "%d", &pid) == 1) {
		snprintf(name, sizeof(name), "/proc/%d/comm", pid);
		FILE *its = fopen(name, "re");
		if (its && fgets(comm, sizeof(comm), its) &&
		    !strncmp(comm, "cohort-monitor", 13))
			found = pid;
		if (its)
			fclose(its);
	}
	if (file)
		fclose(file);
	return found;
}

int victim_kill_children(uint64_t *state, int size)
{
	int status;
	int kills = 0;

	for (int i = 1 + (int)draw(state, 30); i > 0; i--) {
		const unsigned r = draw(state, (unsigned)size);
		nap(1e-6 * draw(state, 4000));
		if (run_ended(&status))
			break;
		const pid_t pid = atomic_load(&place.shared->ranks[r].child);
		const pid_t rank = atomic_load(&place.shared->ranks[r].pid);
		if (pid > 0 && pid != rank && is_child(pid, rank))
			kills += kill(pid, SIGKILL) == 0;
	}
	return kills;
}

int victim_kill(enum victim victim, pid_t started, const struct setup *setup)
{
	const int last = setup->size - 1;
	pid_t pid = 0;

	switch (victim) {
	case ROOT:
		pid = atomic_load(&place.shared->ranks[0].pid);
		break;
	case PEER:
		pid = atomic_load(&place.shared->ranks[last].pid);
		break;
	case STARTED:
		pid = started;
		break;
	case MONITOR:
		pid = monitor_of(atomic_load(&place.shared->ranks[0].pid));
		break;
	default:
		break;
	}
	return pid > 0 && kill(pid, SIGKILL) == 0;
}

int victim_stop(pid_t started, const struct setup *setup, bool all)
{
	const pid_t root = atomic_load(&place.shared->ranks[0].pid);
	const pid_t pid = all && !setup->launcher ? -started : root;

	return root > 0 && kill(pid, SIGTERM) == 0;
}
