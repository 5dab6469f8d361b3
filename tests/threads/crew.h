/*
 * A world whose ranks are threads of this process: the same control page and
 * arena, and for each rank what world_start would have left in its process. No
 * monitor, no monitor link, nobody dies; everything else is the library's own. It is
 * there because thread sanitizers see threads and not processes.
 */
#ifndef THREADS_CREW_H
#define THREADS_CREW_H

#include "common/core/group.h"
#include "mp/mp_group.h"
#include "mp/shm/shm_plane.h"

struct crew {
	struct mp_world *worlds; /* by rank, and so the others */
	struct shm_plane *planes;
	struct mp_group *groups;
	struct cohort *handles;
};

/* Ends the process if it cannot be had. `fits`: ranks look at each other's
 * flags; otherwise they count themselves. */
struct crew crew_open(int size, bool fits, double timeout);

/* Each in its own thread, rank 0 in this one; returns when all have. */
void crew_run(const struct crew *crew, void (*work)(cohort *group));

void crew_close(struct crew *crew);

#endif
