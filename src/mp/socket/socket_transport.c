#include "socket_transport.h"

#include "call_check.h"
#include "common/base/descriptor.h"
#include "mp/mp_group.h"
#include "mp/wait.h"
#include "sockets.h"

#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>

static void release_sockets(struct arena_regions *regions)
{
	struct sockets *sockets =
	    (struct sockets *)((unsigned char *)regions -
	                       offsetof(struct sockets, regions));

	heap_close(&sockets->heap);
	arena_unmap(&sockets->arena);
	free(sockets);
}

static void socket_destroy(struct mp_transport *transport)
{
	struct sockets *sockets = (struct sockets *)transport;

	for (int r = 0; sockets->fds && r < sockets->size; r++)
		descriptor_close(&sockets->fds[r]);
	free(sockets->fds);
	free(sockets->counts);
	free(sockets->polls);
	regions_end(&sockets->regions, release_sockets);
}

/* No memory is shared over sockets. */
static bool socket_become_task(struct mp_transport *transport)
{
	return regions_become_task(&((struct sockets *)transport)->regions);
}

static struct mp_transport *socket_create(const struct mp_world *world,
                                          const char **failed)
{
	const size_t size = (size_t)world->size;
	struct sockets *sockets = calloc(1, sizeof(*sockets));

	*failed = "malloc";
	if (!sockets)
		return NULL;
	*sockets = (struct sockets){
	    .base = {.hooks = &socket_transport},
	    .size = world->size,
	    .fds = malloc(size * sizeof(*sockets->fds)),
	    .counts = calloc(size, sizeof(*sockets->counts)),
	    .polls = calloc(size + POLLS_BEHIND, sizeof(*sockets->polls)),
	};
	for (int r = 0; sockets->fds && r < world->size; r++)
		sockets->fds[r] = -1;
	if (sockets->fds && sockets->counts && sockets->polls) {
		if (!arena_map(&sockets->arena, world->size, failed)) {
			sockets->base.regions = &sockets->regions.base;
			return &sockets->base;
		}
	}
	socket_destroy(&sockets->base);
	return NULL;
}

static int socket_connect(int ends[2])
{
	return descriptor_socket_pair(SOCK_STREAM, ends);
}

static void socket_attach(struct mp_transport *transport, int rank, int fd)
{
	((struct sockets *)transport)->fds[rank] = fd;
}

static void socket_prepare(struct mp_transport *transport,
                           const struct mp_world *world)
{
	struct sockets *sockets = (struct sockets *)transport;
	struct arena *arena = &sockets->arena;

	sockets->heap = (struct heap){
	    .arena = arena,
	    .start = arena->heaps + (size_t)world->rank * arena->heap_bytes,
	    .bytes = arena->heap_bytes,
	};
	regions_prepare(&sockets->regions, arena, &sockets->heap,
	                &world->control->broken);
}

const struct mp_transport_hooks socket_transport = {
    .become_task = socket_become_task,
    .create = socket_create,
    .connect = socket_connect,
    .attach = socket_attach,
    .prepare = socket_prepare,
    .destroy = socket_destroy,
};

void socket_refuse(struct world *base, const struct call *call)
{
	call_check_refuse(((struct mp_group *)base)->world, call);
}
