/*
 * The process's one world: the ranks that the first cohort_open has forked, as
 * this process sees them. Groups are opened and closed; the world stays until
 * the program ends.
 *
 *	rank 0 --- monitor --- ranks 1, 2, ...
 *
 * Rank 0 is the process that called cohort_open. It forks the monitor
 * (monitor.h), which forks the peers and so is their parent: it sees how each
 * of them ends, whatever rank 0 is doing, and ends all of them when rank 0
 * ends. The ranks exchange data over a transport (mp_transport.h). When the
 * world breaks, an eventfd, the failure event, becomes readable and stays so.
 */
#ifndef COHORT_MP_WORLD_H
#define COHORT_MP_WORLD_H

#include "common/base/numeric_threads.h"
#include "common/core/backend.h"
#include "control_page.h"
#include "mp_transport.h"

#include <sys/types.h>

struct mp_world {
	int rank;
	int size;
	pid_t pid;                       /* a forked copy of it has another */
	struct control_page *control;    /* shared by all processes */
	struct worker_stats *stats;      /* shared; of all ranks */
	struct rank_states *states;      /* shared; of all ranks */
	struct ticket_counters *tickets; /* shared */
	struct mp_transport *transport;  /* of this rank */
	int failure_event;
	int result_event; /* wakes rank 0 when a result is shown */
	int monitor_link; /* rank 0: its end of the link; else -1 */
	pid_t monitor;    /* rank 0: the process; else not above 0 */
	pid_t parent;     /* a peer: the monitor; rank 0: 0 */
	bool scoped;      /* it ends with the group that has started it */
	/* Monitor: the peers' processes, by rank; 0: not forked. They are not
	 * in shared memory, because the monitor kills them by these numbers. */
	pid_t *pids;
	void *scratch;       /* see struct world; of all groups */
	int cores;           /* that the ranks may use */
	uint32_t seen;       /* value of control->events at the last check */
	int last_checked;    /* the last rank that was checked for its end */
	double dump_checked; /* when a rank was last asked for a core file */
	double core_looked;  /* when core_watch_look has looked last */
	int core_next;       /* where it goes on */
	double all_end;      /* when that was first seen, or that rank 0 does;
	                      * 0: never */
	unsigned groups;     /* opened so far */
	uint64_t calls;      /* entered or refused so far */
	world_caller caller; /* of all groups */
	unsigned sweeps;     /* opened so far */
	struct numeric_threads numeric; /* limited on this rank */
	/* Of the rank that forked this process, when that opened this world.
	 * The groups that it has inherited still use it. */
	struct mp_world *inherited;
};

/* The process's world. NULL if there is none, or if this process is a forked
 * copy of a rank. */
struct mp_world *world_current(void);

/* The world is this process's. */
void world_set_current(struct mp_world *world);

/* It is no more: the process leaves, or the world is released. */
void world_leave(struct mp_world *world);

/* Create a world without its processes and its transport. */
COHORT_CHECKED cohort_status world_create(int size, int cores,
                                          struct mp_world **out);

/* Release a world and its transport in this process. NULL is allowed. Results
 * of sweeps that the program has not freed keep the transport's memory. */
void world_free(struct mp_world *world);

/* Whether the monitor was killed, and did not end after the last peer: then
 * nobody ends the ranks that are left, and nobody tells of their ends. */
bool world_lost_monitor(const struct mp_world *world);

/* The failure that is the end of rank r, which is gone: how it ended, and in
 * which task. */
struct world_failure world_end(const struct mp_world *world, int r);

/* The same for a rank that is ending, as its record will say. */
struct world_failure world_end_as(const struct mp_world *world, int r,
                                  bool signalled, int end);

/* Record the failure, unless one is recorded already, and wake every rank. Any
 * process of the world may call it. Keeps errno. */
void world_break(struct mp_world *world, const struct world_failure *failure);

/* This rank is interrupted. Safe in signal handlers. Does nothing if there is
 * no world. */
void world_interrupt(void);

/* This rank has left a call before its end. Safe in signal handlers. */
void world_abandon(struct mp_world *world, const struct call *call);

/* End all ranks. Does not return. */
void world_abort(struct mp_world *world, int exit_code);

#endif
