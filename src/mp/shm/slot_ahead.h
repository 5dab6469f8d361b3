/*
 * Taking the next slot's cache lines back while a rank waits.
 *
 * A reader's core has the lines of a slot, and the rank that writes the slot
 * again has to take them from it. A rank that receives now, and brought data to
 * the rendezvous before, may bring as much to the next one: roots change. So it
 * asks for the lines of its next slot before it waits. If it is wrong, nothing
 * but a little time is lost. It does not ask where stores do not take lines
 * (adaptive_copy.h).
 */
#ifndef COHORT_MP_SHM_SLOT_AHEAD_H
#define COHORT_MP_SHM_SLOT_AHEAD_H

#include "rendezvous_state.h"
#include "slot.h"

/* 0: no rank asks. bench/variants.sh measures the difference. */
#ifndef SLOT_AHEAD
#define SLOT_AHEAD 1
#endif

/* Whether this processor can ask for a line that is to be written. */
bool slot_ahead_possible(void);

/* Ask for the lines of the slot in which this rank would bring so many bytes to
 * the next rendezvous. */
void slot_ahead_take(const struct rendezvous *rdv, size_t bytes);

/* This rank has brought so many bytes, and asks for the lines of the slot after
 * that. If it does not write that slot next, because the root changes, it still
 * gains: those lines push slots that it has read out of its core's cache, and
 * their ranks can write them again quickly. For few lines that takes longer
 * than it saves. */
static inline void slot_ahead_again(const struct rendezvous *rdv, size_t bytes)
{
	if (SLOT_AHEAD && rdv->plane->takes_ahead && bytes > SLOT_SMALL &&
	    bytes <= SLOT_BYTES)
		slot_ahead_take(rdv, bytes);
}

/* Others bring so many bytes to this rendezvous, and this rank has yet to wait
 * for them. */
static inline void slot_ahead_expect(const struct rendezvous *rdv, size_t bytes)
{
	const struct shm_plane *plane = rdv->plane;

	if (SLOT_AHEAD && plane->takes_ahead && bytes > PAYLOAD_BYTES &&
	    bytes <= SLOT_BYTES && plane->brought + 1 == rdv->number)
		slot_ahead_take(rdv, bytes);
}

#endif
