/* Allreduce of buffers that all ranks can reach: see allreduce.c. */
#include "allreduce.h"

#include "common/base/op.h"
#include "common/base/partition.h"
#include "copy.h"
#include "zero_copy.h"

/* Rank r's, also after the meetings that follow: these bring nothing, so that
 * what flags have brought stands until the next call. */
static struct offer offer_of(const struct reduction *red, int r)
{
	struct offer offer;

	if (r == red->rdv.rank)
		return red->offer;
	memcpy(&offer,
	       red->rdv.arena->syncs[r].arrivals[red->offered % 2].payload,
	       sizeof(offer));
	return offer;
}

void zero_copy_offer_buffers(struct reduction *red)
{
	const struct arena *arena = red->rdv.arena;
	const size_t bytes = red->count * red->width;

	red->offer = (struct offer){NULL, NULL};
	if (arena_shares(arena, red->send, bytes) &&
	    arena_shares(arena, red->recv, bytes))
		red->offer = (struct offer){red->send, red->recv};
	red->offered = red->rdv.number;
	rendezvous_attach(&red->rdv, &red->offer, sizeof(red->offer));
}

bool zero_copy_all_offered(const struct reduction *red)
{
	for (int r = 0; r < red->rdv.size; r++)
		if (!offer_of(red, r).send)
			return false;
	return true;
}

static struct range zero_copy_share(const struct reduction *red, int r)
{
	return partition_block(red->count, (size_t)red->rdv.size, (size_t)r);
}

/* This rank's share, a piece at a time by way of its ring: it may reduce in
 * place, and its own contribution must not be lost to the first piece. */
static cohort_status reduce_share_in_place(const struct reduction *red)
{
	const int rank = red->rdv.rank;
	const struct range own = zero_copy_share(red, rank);
	const size_t most = SLOT_BYTES / red->width;
	unsigned char *piece = red->rdv.arena->slabs[rank].ring;
	cohort_status status = COHORT_OK;

	for (size_t i = 0; i < own.count && status == COHORT_OK; i += most) {
		const size_t n = own.count - i < most ? own.count - i : most;
		const size_t at = (own.begin + i) * red->width;
		op_combine(red->op, red->type, piece,
		           offer_of(red, 0).send + at,
		           offer_of(red, 1).send + at, n);
		for (int r = 2; r < red->rdv.size; r++)
			op_combine(red->op, red->type, piece, piece,
			           offer_of(red, r).send + at, n);
		shm_copy(red->recv + at, piece, n * red->width);
		status = wait_check(&red->rdv.wait);
	}
	return status;
}

/* Everybody's share to everybody, without a ring. The last meeting keeps the
 * buffers as they are until all have read them. */
cohort_status reduce_zero_copy(struct reduction *red)
{
	struct rendezvous *rdv = &red->rdv;
	const size_t bytes = red->count * red->width;

	for (int r = 0; r < rdv->size; r++) {
		const struct offer offer = offer_of(red, r);
		cohort_status opened = zero_copy_open(rdv, offer.send, bytes);
		if (opened == COHORT_OK)
			opened = zero_copy_open(rdv, offer.recv, bytes);
		if (opened != COHORT_OK)
			return opened;
	}
	cohort_status status = reduce_share_in_place(red);
	if (status != COHORT_OK)
		return status;
	rendezvous_next(rdv);
	status = rendezvous_join(rdv);
	for (int r = 0; r < rdv->size && status == COHORT_OK; r++) {
		const struct range share = zero_copy_share(red, r);
		const size_t at = share.begin * red->width;
		if (r != rdv->rank)
			status = zero_copy_read(rdv, shm_copy, red->recv + at,
			                        offer_of(red, r).recv + at,
			                        share.count * red->width);
	}
	if (status != COHORT_OK)
		return status;
	rendezvous_next(rdv);
	return rendezvous_join(rdv);
}
