/* The shared-memory transport: how it is created and destroyed, and its slots
 * of the backend that are no collectives (shm_collectives.h). */
#ifndef COHORT_MP_SHM_SHM_TRANSPORT_H
#define COHORT_MP_SHM_SHM_TRANSPORT_H

#include "mp/mp_transport.h"

#include <stddef.h>

struct call;
struct world;

extern const struct mp_transport_hooks shm_transport;

void *shm_alloc(struct world *base, size_t bytes);
void shm_release(struct world *base, void *memory);

/* This rank refuses the call that its peers may be in. */
void shm_refuse(struct world *base, const struct call *call);

#endif
