#include "shm_transport.h"

#include "backoff.h"
#include "common/base/error.h"
#include "common/base/plural.h"
#include "mp/mp_group.h"
#include "shm_plane.h"
#include "tuning.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

static struct mp_transport *shm_create(const struct mp_world *world,
                                       const char **failed)
{
	struct shm_plane *plane = calloc(1, sizeof(*plane));

	if (!plane) {
		*failed = "calloc";
		return NULL;
	}
	if (arena_map(&plane->arena, world->size, failed)) {
		free(plane);
		return NULL;
	}
	plane->forced = test_single_copy_read();
	plane->base.hooks = &shm_transport;
	plane->base.regions = &plane->regions.base;
	tuning_prepare(plane, world->size, world->size <= world->cores);
	return &plane->base;
}

static void shm_prepare(struct mp_transport *transport,
                        const struct mp_world *world)
{
	struct shm_plane *plane = (struct shm_plane *)transport;
	struct arena *arena = &plane->arena;

	backoff_prepare(plane, world->control);
	plane->heap = (struct heap){
	    .arena = arena,
	    .start = arena->heaps + (size_t)world->rank * arena->heap_bytes,
	    .bytes = arena->heap_bytes,
	    .lock = PTHREAD_MUTEX_INITIALIZER,
	};
	regions_prepare(&plane->regions, arena, &plane->heap,
	                &world->control->broken);
}

static void release_plane(struct arena_regions *regions)
{
	struct shm_plane *plane =
	    (struct shm_plane *)((unsigned char *)regions -
	                         offsetof(struct shm_plane, regions));

	heap_close(&plane->heap);
	arena_unmap(&plane->arena);
	free(plane);
}

static void shm_destroy(struct mp_transport *transport)
{
	regions_end(&((struct shm_plane *)transport)->regions, release_plane);
}

static bool shm_holds_word(const struct mp_transport *transport,
                           const void *word)
{
	return arena_holds_word(&((const struct shm_plane *)transport)->arena,
	                        word);
}

static bool shm_become_task(struct mp_transport *transport)
{
	return regions_become_task(&((struct shm_plane *)transport)->regions);
}

const struct mp_transport_hooks shm_transport = {
    .become_task = shm_become_task,
    .create = shm_create,
    .prepare = shm_prepare,
    .holds_word = shm_holds_word,
    .destroy = shm_destroy,
};

static struct shm_plane *plane_of(struct world *base)
{
	return (struct shm_plane *)((struct mp_group *)base)->transport;
}

static void *locked_alloc(struct shm_plane *plane, size_t bytes,
                          size_t *largest)
{
	pthread_mutex_lock(&plane->heap.lock);
	void *memory = heap_alloc(&plane->heap, bytes, largest);
	pthread_mutex_unlock(&plane->heap.lock);
	return memory;
}

static bool locked_free(struct shm_plane *plane, void *memory)
{
	pthread_mutex_lock(&plane->heap.lock);
	const bool freed = heap_free(&plane->heap, memory);
	pthread_mutex_unlock(&plane->heap.lock);
	return freed;
}

void *shm_alloc(struct world *base, size_t bytes)
{
	struct shm_plane *plane = plane_of(base);
	size_t largest;
	void *memory = locked_alloc(plane, bytes, &largest);

	if (memory && !arena_open(&plane->arena, memory, bytes)) {
		error_sys("cohort_alloc: mprotect of %zu byte%s", bytes,
		          plural(bytes));
		locked_free(plane, memory);
		return NULL;
	}
	if (!memory && largest >= bytes)
		error_sys("cohort_alloc: malloc for the list of blocks");
	else if (!memory)
		error_set(COHORT_ENOMEM,
		          "cohort_alloc: the memory that ranks share has no "
		          "%zu byte%s left for this rank, at most %zu in one "
		          "piece: ask for less, free other memory of "
		          "cohort_alloc, or raise the limit (ulimit -v)",
		          bytes, plural(bytes), largest);
	return memory;
}

void shm_release(struct world *base, void *memory)
{
	const bool freed = locked_free(plane_of(base), memory);

	assert(freed);
	(void)freed;
}

/* No rank waits for this one at a rendezvous that it does not join: a waiting
 * rank looks at the refusal when it is announced. */
void shm_refuse(struct world *base, const struct call *call)
{
	struct mp_world *world = ((struct mp_group *)base)->world;

	control_refuse(world->control, world->rank, ++world->calls, call);
}
