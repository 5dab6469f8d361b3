/*
 * A world whose ranks are threads of this process, because thread sanitizers
 * see threads and not processes. The control page and the arena are the
 * library's; each rank has a world and a plane of its own, as the processes of
 * a real world have. There is no monitor and no monitor link, and no rank dies.
 */
#ifndef THREADS_CREW_H
#define THREADS_CREW_H

#include "common/core/group.h"
#include "mp/mp_group.h"
#include "mp/shm/shm_plane.h"

struct crew {
	/* By rank: */
	struct mp_world *worlds;
	struct shm_plane *planes;
	struct mp_group *groups;
	struct cohort *handles;
};

/* Ends the process if it fails. If `fits`, ranks use the flat barrier, else the
 * counted one. */
struct crew crew_open(int size, bool fits, double timeout);

/* Each rank calls `work` in its own thread, rank 0 in this one. Returns when
 * all have returned. */
void crew_run(const struct crew *crew, void (*work)(cohort *group));

void crew_close(struct crew *crew);

#endif
