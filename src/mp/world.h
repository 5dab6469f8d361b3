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
 * shared memory, or over sockets: then each peer has one, to rank 0: a star. An
 * eventfd, the alarm, becomes readable for good when the world breaks.
 */
#ifndef COHORT_MP_WORLD_H
#define COHORT_MP_WORLD_H

#include "common/core/backend.h"
#include "control_page.h"
#include "mp/shm/adaptive_copy.h"
#include "mp/shm/arena.h"
#include "mp/shm/arena_regions.h"
#include "mp/shm/heap.h"

#include <poll.h>

struct mp_world {
	int rank;
	int size;
	pid_t pid; /* of this process: a forked copy of it has another */
	struct control_page *control;
	struct worker_stats
	    *stats;   /* of all ranks (common/base/worker_stats.h) */
	int *sockets; /* by rank: rank 0 has one to each, the others to 0 */
	int failure_event;
	int monitor_link; /* rank 0 and the monitor: its end is the other's */
	pid_t monitor;    /* rank 0 only */
	int cores;
	enum transport transport;
	struct arena arena;           /* of the shm transport */
	struct heap heap;             /* of this rank, in the arena */
	struct arena_regions regions; /* in the heap */
	bool fits;                    /* each rank can have a core of its own */
	bool flat;              /* meetings look at all flags (shm/meet.h) */
	unsigned spin_limit;    /* looks before yielding (shm/idle.c) */
	size_t slots_room;      /* bytes of slots in use (shm/cut.h) */
	struct copy_state pace; /* of this rank's copies (shm/put.h) */
	unsigned core;          /* last seen on, counted from 1 (shm/core.h) */
	uint64_t rendezvous_count; /* so far (shm/meet.h) */
	uint64_t streamed; /* slices so far of streams to all (shm/stream.h) */
	uint32_t seen;     /* of control->events */
	unsigned groups;   /* opened so far */
	uint64_t calls;    /* made so far, refused ones too */
	unsigned sweeps;   /* tickets_open so far */
	size_t *counts;    /* scratch: one for each rank */
	struct pollfd *polls; /* scratch: one for each rank, and more */
};

/* The process's world; NULL if there is none, or if this process is a forked
 * copy of a rank. */
struct mp_world *world_current(void);

/* Fork. Returns in every rank, with the world; on failure in rank 0 only,
 * everything undone. */
COHORT_CHECKED cohort_status world_start(const struct config *config,
                                         struct mp_world **out);

/* When the ranks did not all come up: rank 0 ends its peers, and undoes; a peer
 * does not return. */
void world_undo(struct mp_world *world);

/* How rank r, which is gone, ended, and in which task. */
struct world_failure world_end(const struct mp_world *world, int r);

/* Keep why the world is broken, if it was whole, and wake everyone. Any
 * process of the world may; errno is kept. */
void world_break(struct mp_world *world,
                 const struct world_failure *world_failure);

/* End all ranks. Does not return. */
void world_abort(struct mp_world *world, int exit_code);

#endif
