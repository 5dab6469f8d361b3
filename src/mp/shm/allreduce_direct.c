/* Allreduce of buffers that all ranks can reach: see allreduce.c. */
#include "allreduce.h"

#include "common/op.h"
#include "common/partition.h"
#include "copy.h"
#include "direct.h"

/* Rank r's, also after the meetings that follow: these bring nothing, so that
 * what flags have brought stands until the next call. */
static struct offer offer_of(const struct reduction *red, int r)
{
	struct offer offer;

	if (r == red->meet.rank)
		return red->offer;
	memcpy(&offer,
	       red->meet.arena->desks[r].flags[red->offered % 2].payload,
	       sizeof(offer));
	return offer;
}

void direct_offer_buffers(struct reduction *red)
{
	const struct arena *arena = red->meet.arena;
	const size_t bytes = red->count * red->width;

	red->offer = (struct offer){NULL, NULL};
	if (arena_shares(arena, red->send, bytes) &&
	    arena_shares(arena, red->recv, bytes))
		red->offer = (struct offer){red->send, red->recv};
	red->offered = red->meet.number;
	meet_bring(&red->meet, &red->offer, sizeof(red->offer));
}

bool direct_all_offered(const struct reduction *red)
{
	for (int r = 0; r < red->meet.size; r++)
		if (!offer_of(red, r).send)
			return false;
	return true;
}

static struct range direct_share(const struct reduction *red, int r)
{
	return partition_block(red->count, (size_t)red->meet.size, (size_t)r);
}

/* This rank's share, a piece at a time by way of its ring: it may reduce in
 * place, and its own contribution must not be lost to the first piece. */
static cohort_status reduce_direct_share(const struct reduction *red)
{
	const int rank = red->meet.rank;
	const struct range own = direct_share(red, rank);
	const size_t most = SLOT_BYTES / red->width;
	unsigned char *piece = red->meet.arena->slabs[rank].ring;
	cohort_status status = COHORT_OK;

	for (size_t i = 0; i < own.count && status == COHORT_OK; i += most) {
		const size_t n = own.count - i < most ? own.count - i : most;
		const size_t at = (own.begin + i) * red->width;
		op_combine(red->op, red->type, piece,
		           offer_of(red, 0).send + at,
		           offer_of(red, 1).send + at, n);
		for (int r = 2; r < red->meet.size; r++)
			op_combine(red->op, red->type, piece, piece,
			           offer_of(red, r).send + at, n);
		shm_copy(red->recv + at, piece, n * red->width);
		status = wait_check(&red->meet.wait);
	}
	return status;
}

/* Everybody's share to everybody, without a ring. The last meeting keeps the
 * buffers as they are until all have read them. */
cohort_status reduce_direct(struct reduction *red)
{
	struct meet *meet = &red->meet;
	const size_t bytes = red->count * red->width;

	for (int r = 0; r < meet->size; r++) {
		const struct offer offer = offer_of(red, r);
		cohort_status opened = direct_open(meet, offer.send, bytes);
		if (opened == COHORT_OK)
			opened = direct_open(meet, offer.recv, bytes);
		if (opened != COHORT_OK)
			return opened;
	}
	cohort_status status = reduce_direct_share(red);
	if (status != COHORT_OK)
		return status;
	meet_next(meet);
	status = meet_all(meet);
	for (int r = 0; r < meet->size && status == COHORT_OK; r++) {
		const struct range share = direct_share(red, r);
		const size_t at = share.begin * red->width;
		if (r != meet->rank)
			status = direct_copy(meet, shm_copy, red->recv + at,
			                     offer_of(red, r).recv + at,
			                     share.count * red->width);
	}
	if (status != COHORT_OK)
		return status;
	meet_next(meet);
	return meet_all(meet);
}
