#define _GNU_SOURCE /* eventfd */
#include "crew.h"

#include "common/base/memory.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "common/core/alloc.h"
#include "mp/mp_backend.h"
#include "mp/shm/backoff.h"
#include "mp/shm/shm_transport.h"
#include "mp/shm/tuning.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* The world of this thread's rank. It takes the place of the process's world,
 * which does not exist here. */
static _Thread_local struct mp_world *of_thread;

struct mp_world *__wrap_world_current(void);
struct mp_world *__wrap_world_current(void)
{
	return of_thread;
}

static _Noreturn void give_up(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

static void *allocate(size_t count, size_t bytes)
{
	void *memory = calloc(count, bytes);

	if (!memory)
		give_up("calloc");
	return memory;
}

/* Fill in the world, plane and group of one rank: in a real world each process
 * has its own. */
static void join_crew(struct crew *crew, int rank, double timeout)
{
	struct mp_world *world = &crew->worlds[rank];
	struct shm_plane *plane = &crew->planes[rank];
	struct arena *arena = &plane->arena;

	world->rank = rank;
	world->transport = &plane->base;
	arena->opened = allocate((size_t)world->size, sizeof(*arena->opened));
	world->scratch = allocate((size_t)world->size, WORLD_SCRATCH_BYTES);
	plane->heap = (struct heap){
	    .arena = arena,
	    .start = arena->heaps + (size_t)rank * arena->heap_bytes,
	    .bytes = arena->heap_bytes,
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	};
	backoff_prepare(plane, world->control);
	regions_prepare(&plane->regions, arena, &plane->heap,
	                &world->control->broken);
	plane->base.regions = &plane->regions.base;
	mp_group_prepare(&crew->groups[rank], world, timeout);
	/* Threads do not die one by one. */
	crew->groups[rank].base.survival = NULL;
	crew->handles[rank] =
	    (struct cohort){.world = &crew->groups[rank].base};
}

struct crew crew_open(int size, bool fits, double timeout)
{
	const size_t ranks = (size_t)size;
	struct crew crew = {
	    .worlds = allocate(ranks, sizeof(*crew.worlds)),
	    .planes = allocate(ranks, sizeof(*crew.planes)),
	    .groups = allocate(ranks, sizeof(*crew.groups)),
	    .handles = allocate(ranks, sizeof(*crew.handles)),
	};
	struct mp_world world = {
	    .size = size,
	    .pid = getpid(),
	    .failure_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
	    .monitor_link = -1,
	    .monitor = -1,
	    .cores = size,
	    .control = control_map(size),
	    .stats = memory_share(worker_stats_bytes(size)),
	    .states = memory_share(rank_states_bytes(size)),
	    .tickets = memory_share(sizeof(*world.tickets)),
	};
	struct shm_plane plane = {.base = {.hooks = &shm_transport}};
	const char *failed;

	if (world.failure_event < 0 || !world.control || !world.stats ||
	    !world.states || !world.tickets ||
	    arena_map(&plane.arena, size, &failed))
		give_up("crew_open");
	free(plane.arena.opened);
	tuning_prepare(&plane, size, fits);
	for (int r = 0; r < size; r++) {
		crew.worlds[r] = world;
		crew.planes[r] = plane;
		join_crew(&crew, r, timeout);
	}
	return crew;
}

struct shift {
	pthread_t thread;
	struct mp_world *world;
	void (*work)(cohort *group);
	cohort *group;
};

static void do_shift(const struct shift *shift)
{
	of_thread = shift->world;
	shift->work(shift->group);
	of_thread = NULL;
}

static void *begin(void *arg)
{
	do_shift(arg);
	return NULL;
}

void crew_run(const struct crew *crew, void (*work)(cohort *group))
{
	const int size = crew->worlds[0].size;
	struct shift *shifts = allocate((size_t)size, sizeof(*shifts));

	for (int r = 0; r < size; r++) {
		shifts[r].world = &crew->worlds[r];
		shifts[r].work = work;
		shifts[r].group = &crew->handles[r];
		if (r > 0 &&
		    pthread_create(&shifts[r].thread, NULL, begin, &shifts[r]))
			give_up("pthread_create");
	}
	do_shift(&shifts[0]);
	for (int r = 1; r < size; r++)
		pthread_join(shifts[r].thread, NULL);
	free(shifts);
}

void crew_close(struct crew *crew)
{
	struct mp_world *first = crew->worlds;
	const int size = first->size;

	for (int r = 0; r < size; r++) {
		alloc_release_all(&crew->handles[r]);
		heap_close(&crew->planes[r].heap);
		if (r > 0)
			free(crew->planes[r].arena.opened);
		free(crew->worlds[r].scratch);
	}
	close(first->failure_event);
	control_unmap(first->control, size);
	memory_unshare(first->stats, worker_stats_bytes(size));
	memory_unshare(first->states, rank_states_bytes(size));
	memory_unshare(first->tickets, sizeof(*first->tickets));
	arena_unmap(&crew->planes[0].arena);
	free(crew->worlds);
	free(crew->planes);
	free(crew->groups);
	free(crew->handles);
}
