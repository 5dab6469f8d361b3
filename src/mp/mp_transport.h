/*
 * A transport moves data between the ranks of a world: through shared memory
 * (shm/) or over sockets (socket/). The code that starts and ends a world knows
 * a transport by these hooks only.
 */
#ifndef COHORT_MP_MP_TRANSPORT_H
#define COHORT_MP_MP_TRANSPORT_H

#include <stdbool.h>

struct mp_transport_hooks;
struct mp_world;
struct region_allocator;

/* Each transport's own struct begins with this one. */
struct mp_transport {
	const struct mp_transport_hooks *hooks;
	/* Memory that all ranks can read; NULL if the transport has none. */
	struct region_allocator *regions;
};

struct mp_transport_hooks {
	/* Rank 0 creates the transport before it forks. Returns NULL with
	 * errno set, and *failed names the call that failed. */
	struct mp_transport *(*create)(const struct mp_world *world,
	                               const char **failed);

	/* The monitor makes the two ends of a connection before it forks a
	 * peer: ends[0] goes to rank 0, ends[1] to the peer. Returns 0, or -1
	 * with errno. NULL: the transport needs no connections. */
	int (*connect)(int ends[2]);

	/* Rank 0 gets its end of the connection to each peer, and each peer
	 * its end of the one to rank 0. The transport owns `fd`. */
	void (*attach)(struct mp_transport *transport, int rank, int fd);

	/* Every rank calls it once, when all have started. */
	void (*prepare)(struct mp_transport *transport,
	                const struct mp_world *world);

	/* Whether `word` is the address of a word of 64 bits that ranks may
	 * wait for (wait_for_word). NULL: the transport has none. */
	bool (*holds_word)(const struct mp_transport *transport,
	                   const void *word);

	/* Part of the backend's become_task. False with errno. */
	bool (*become_task)(struct mp_transport *transport);

	void (*destroy)(struct mp_transport *transport);
};

#endif
