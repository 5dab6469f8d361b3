/*
 * One collective call under way on this rank: the rendezvous that it is in, and
 * the bytes that this rank brings to it. rendezvous.h explains the protocol.
 */
#ifndef COHORT_MP_SHM_RENDEZVOUS_STATE_H
#define COHORT_MP_SHM_RENDEZVOUS_STATE_H

#include "copy.h"
#include "mp/wait.h"
#include "shm_plane.h"

/* A buffer of the program from which others may copy: memory that all ranks can
 * read (zero_copy.h), or private memory (single_copy.h). NULL: none. */
struct buffer_offer {
	const void *data;
	uint64_t is_private;
};

struct rendezvous {
	struct wait wait;
	struct shm_plane *plane;
	const struct arena *arena; /* the plane's */
	int rank;
	int size;
	uint64_t number;      /* of the rendezvous: the same on every rank */
	uint64_t signature;   /* of the call (signature.h) */
	const void *payload;  /* this rank's arrival will carry it */
	size_t payload_bytes; /* 0: the arrival carries nothing */
	struct buffer_offer offer; /* of this rank */
};

/* Rank r's arrival at rendezvous `number`. */
static inline struct arrival *
rendezvous_arrival_at(const struct rendezvous *rdv, int r, uint64_t number)
{
	return &rdv->arena->syncs[r].arrivals[number % ARRIVALS];
}

/* Rank r's arrival at this rendezvous. */
static inline struct arrival *rendezvous_arrival(const struct rendezvous *rdv,
                                                 int r)
{
	return rendezvous_arrival_at(rdv, r, rdv->number);
}

/* Before a rendezvous: this rank's arrival will carry these bytes. They are
 * copied when the rank arrives, so they must not change until then. */
static inline void rendezvous_attach(struct rendezvous *rdv, const void *data,
                                     size_t bytes)
{
	rdv->payload = data;
	rdv->payload_bytes = bytes;
}

/* Write this rank's arrival. The payload and the number go into one cache line
 * shortly after each other: if a rank that spins on the line read it between
 * the two, the line would cross between the cores twice. */
static inline void rendezvous_announce(struct rendezvous *rdv)
{
	struct arrival *arrival = rendezvous_arrival(rdv, rdv->rank);

	if (rdv->payload_bytes > 0)
		shm_copy_few(arrival->payload, rdv->payload,
		             rdv->payload_bytes);
	arrival->signature = rdv->signature;
	atomic_store_explicit(&arrival->number, rdv->number,
	                      memory_order_release);
	rdv->payload_bytes = 0;
}

#endif
