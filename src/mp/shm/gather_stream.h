/*
 * One rank's part of a gather, larger than a slot, on its way to the root: as a
 * stream through the sender's ring, or read by the root from the sender's
 * buffer. Both use the same two counters of the sender, `sent` and `drained`; a
 * buffer counts as two slices. If the root cannot read it, the root counts the
 * first of them only, and the sender streams the data. Cost of a stream: n
 * bytes in and n bytes out at the same time, two cache lines a slice. Cost of a
 * buffer: n bytes out.
 */
#ifndef COHORT_MP_SHM_GATHER_STREAM_H
#define COHORT_MP_SHM_GATHER_STREAM_H

#include "copy.h"
#include "rendezvous_state.h"

/* A stream: a sender calls the first function, the root the second one for each
 * sender. */
COHORT_CHECKED cohort_status gather_stream_send(struct rendezvous *rdv,
                                                const void *data, size_t bytes);
COHORT_CHECKED cohort_status gather_stream_recv(struct rendezvous *rdv,
                                                int sender, void *data,
                                                size_t bytes,
                                                copy_function *copy);

/* A buffer: the root has read it, or it cannot; the sender waits for that. */
void gather_stream_was_read(struct rendezvous *rdv, int sender);
void gather_stream_refuse(struct rendezvous *rdv, int sender);
COHORT_CHECKED cohort_status gather_stream_await_read(struct rendezvous *rdv,
                                                      bool *read);

#endif
