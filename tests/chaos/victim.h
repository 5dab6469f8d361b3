/* The processes of a run that are killed or asked to stop. Each function that kills
 * returns how many signals it sent. */
#ifndef CHAOS_VICTIM_H
#define CHAOS_VICTIM_H

#include "run.h"

/* Which process is killed. */
enum victim {
	NOBODY,
	CHILDREN,
	ROOT,
	PEER,
	STARTED,
	MONITOR,
	STOPPED,
	VICTIMS
};

/* By enum victim. */
extern const char *const victim_names[];

/* A random victim that a run with this setup has. */
enum victim victim_draw(uint64_t *state, const struct setup *setup);

/* Kill one task's process after another, at random times. */
int victim_kill_children(uint64_t *state, int size);

/* Kill ROOT, PEER, STARTED or MONITOR. `started` is the process that run_start
 * returned. */
int victim_kill(enum victim victim, pid_t started, const struct setup *setup);

/* Send SIGTERM to all processes, as a batch system does, or to rank 0 only. */
int victim_stop(pid_t started, const struct setup *setup, bool all);

#endif
