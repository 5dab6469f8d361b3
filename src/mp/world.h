/*
 * The process's one world: the ranks that the first open has forked, and what
 * this process knows of them. Groups come and go; the world stays until the
 * program ends.
 *
 *	rank 0 --- monitor --- ranks 1, 2, ...
 *
 * Rank 0 is the process that opened. It forks the monitor (monitor.h), which
 * forks the peers, and is their parent: it sees how each of them ends whatever
 * rank 0 is doing, and ends all of them when rank 0 does. Data goes through
 * a transport (mp_transport.h). When the world breaks, an eventfd, the failure
 * event, becomes readable and stays so.
 */
#ifndef COHORT_MP_WORLD_H
#define COHORT_MP_WORLD_H

#include "common/core/backend.h"
#include "control_page.h"
#include "mp_transport.h"

#include <sys/types.h>

struct mp_world {
	int rank;
	int size;
	pid_t pid; /* of this process: a forked copy of it has another */
	struct control_page *control;
	struct mp_transport *transport;
	struct worker_stats
	    *stats; /* of all ranks (common/base/worker_stats.h) */
	int failure_event;
	int monitor_link; /* rank 0 and the monitor: its end is the other's */
	pid_t monitor;    /* rank 0 only */
	int cores;
	uint32_t seen;   /* of control->events */
	unsigned groups; /* opened so far */
	uint64_t calls;  /* made so far, refused ones too */
	unsigned sweeps; /* tickets_open so far */
};

/* The process's world; NULL if there is none, or if this process is a forked
 * copy of a rank. */
struct mp_world *world_current(void);

/* `world` becomes the process's; NULL: it has none any more. */
void world_set_current(struct mp_world *world);

/* Everything of a world but its processes and its transport. */
COHORT_CHECKED cohort_status world_create(int size, struct mp_world **out);

/* Its transport, too. NULL is allowed. */
void world_free(struct mp_world *world);

/* How rank r, which is gone, ended, and in which task. */
struct world_failure world_end(const struct mp_world *world, int r);

/* Keep why the world is broken, if it was whole, and wake everyone. Any
 * process of the world may; errno is kept. */
void world_break(struct mp_world *world,
                 const struct world_failure *world_failure);

/* End all ranks. Does not return. */
void world_abort(struct mp_world *world, int exit_code);

#endif
