/*
 * Allgather. All parts up to PAYLOAD_BYTES: in the flags; up to SLOT_BYTES: in
 * the slots; both filled before the one meeting, and read by all after it.
 * Above: slice by slice through the places of every rank's ring, in turns, with
 * a meeting for each slice; or, if all parts lie where all ranks can read
 * them, one meeting more and no bytes in.
 * Cost: n / slice meetings, n bytes in and (p - 1) n bytes out on every rank.
 */
#include "cut.h"
#include "direct.h"
#include "meet.h"
#include "shm.h"

/* All parts, where they go, and this rank's. */
struct parts {
	unsigned char *recv;
	const size_t *counts;
	size_t width;
	size_t largest; /* bytes */
	const unsigned char *own;
	size_t own_bytes;
	copy_function *copy; /* into recv */
};

/* Where rank r's bytes from `offset` on lie in memory that all can read, in
 * this meeting. */
static unsigned char *shared_place(const struct meet *meet,
                                   const struct parts *parts, int r,
                                   size_t slice)
{
	if (parts->largest <= PAYLOAD_BYTES)
		return meet_flag(meet, r)->payload;
	if (parts->largest <= SLOT_BYTES)
		return meet_slot(meet, r, parts->largest);
	return meet->arena->slabs[r].ring +
	       meet->number % cut_turns(slice) * slice;
}

static size_t piece(size_t bytes, size_t offset, size_t slice)
{
	if (offset >= bytes)
		return 0;
	return bytes - offset < slice ? bytes - offset : slice;
}

/* After a meeting: everybody's slice at `offset` to its place; this rank's own
 * now too, while it is at hand. */
static void copy_out(const struct meet *meet, const struct parts *parts,
                     size_t offset, size_t slice)
{
	unsigned char *to = parts->recv;

	for (int r = 0; r < meet->size; r++) {
		const size_t bytes = parts->counts[r] * parts->width;
		const size_t n = piece(bytes, offset, slice);
		const unsigned char *from = NULL;
		if (n > 0)
			from = r == meet->rank
			           ? parts->own + offset
			           : shared_place(meet, parts, r, slice);
		if (from && from != to + offset)
			parts->copy(to + offset, from, n);
		to += bytes;
	}
}

static cohort_status exchange(struct meet *meet, const struct parts *parts,
                              size_t slice)
{
	for (size_t offset = 0;; offset += slice) {
		const size_t n = piece(parts->own_bytes, offset, slice);
		if (n > 0)
			meet_put(meet,
			         shared_place(meet, parts, meet->rank, slice),
			         parts->own + offset, n);
		cohort_status status = meet_all(meet);
		if (status != COHORT_OK)
			return status;
		copy_out(meet, parts, offset, slice);
		/* Written so that it cannot overflow. */
		if (parts->largest <= slice || offset >= parts->largest - slice)
			return meet_end(meet);
		meet_next(meet);
	}
}

/* Every part from where it is. */
static cohort_status exchange_direct(struct meet *meet,
                                     const struct parts *parts)
{
	unsigned char *to = parts->recv;

	for (int r = 0; r < meet->size; r++) {
		const size_t bytes = parts->counts[r] * parts->width;
		const void *there = NULL;
		cohort_status status = COHORT_OK;
		if (r == meet->rank)
			there = to == parts->own ? NULL : parts->own;
		else if (bytes > 0)
			status = direct_find(meet, r, bytes, &there);
		if (status != COHORT_OK)
			return status;
		if (there)
			parts->copy(to, there, bytes);
		to += bytes;
	}
	meet_next(meet);
	return meet_all(meet);
}

static cohort_status exchange_large(struct meet *meet,
                                    const struct parts *parts)
{
	direct_offer(meet, parts->own, parts->own_bytes);
	/* Also because somebody may still read this rank's ring, for a call
	 * before, until all have come to this one. */
	cohort_status status = meet_all(meet);
	if (status != COHORT_OK)
		return status;
	for (int r = 0; r < meet->size; r++)
		if (parts->counts[r] > 0 && !direct_offered(meet, r)) {
			meet_next(meet);
			return exchange(meet, parts, cut_for(meet).slice);
		}
	return exchange_direct(meet, parts);
}

cohort_status shm_allgatherv(struct world *base, const struct call *call,
                             const void *send, void *recv,
                             const size_t counts[], size_t width)
{
	const struct mp_group *group = (const struct mp_group *)base;
	struct meet meet = meet_begin(group->world, call, group->timeout);
	struct parts parts = {
	    .recv = recv,
	    .counts = counts,
	    .width = width,
	    .own = send,
	    .own_bytes = (size_t)call->count * width,
	};
	unsigned char *place = recv;

	for (int r = 0; r < base->size; r++) {
		const size_t bytes = counts[r] * width;
		parts.largest = bytes > parts.largest ? bytes : parts.largest;
		place += bytes;
	}
	parts.copy = cut_copy((size_t)(place - (unsigned char *)recv));
	return parts.largest > SLOT_BYTES ? exchange_large(&meet, &parts)
	                                  : exchange(&meet, &parts, SLOT_BYTES);
}
