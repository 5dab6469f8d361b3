/*
 * Allreduce of memory that all ranks can read. Each rank reduces its share of
 * the elements, from the buffers of all ranks into its own result; then each
 * copies the other shares from the results of their ranks. The rendezvous
 * between the two completes the results; a last one keeps every rank in the
 * call until all have read its buffers.
 * Cost: two rendezvous more; n bytes combined, n (p - 1) / p out, on every rank
 * at the same time.
 */
#include "allreduce_zero_copy.h"

#include "common/base/op.h"
#include "copy.h"
#include "rendezvous.h"
#include "zero_copy.h"

/* The payload of rank r at rendezvous `number`. */
static struct reduction_offer brought_offer(const struct reduction *red,
                                            uint64_t number, int r)
{
	struct reduction_offer offer;

	memcpy(&offer, rendezvous_arrival_at(&red->rdv, r, number)->payload,
	       sizeof(offer));
	return offer;
}

void allreduce_zero_copy_offer(struct reduction *red,
                               struct reduction_offer *own)
{
	const struct arena *arena = red->rdv.arena;
	const size_t bytes = red->count * red->width;

	*own = (struct reduction_offer){NULL, NULL};
	if (arena_shares(arena, red->send, bytes) &&
	    arena_shares(arena, red->recv, bytes))
		*own = (struct reduction_offer){red->send, red->recv};
	rendezvous_attach(&red->rdv, own, sizeof(*own));
}

bool allreduce_zero_copy_offered(const struct reduction *red,
                                 const struct reduction_offer *own)
{
	for (int r = 0; r < red->rdv.size; r++)
		if (r == red->rdv.rank
		        ? !own->send
		        : !brought_offer(red, red->rdv.number, r).send)
			return false;
	return true;
}

/* Rank r's buffers, also after the rendezvous that follow the one with the
 * offers: arrivals at those carry no payload, so the payloads with the offers
 * are not overwritten before the next call. */
static struct reduction_offer offered_buffers(const struct reduction *red,
                                              uint64_t offered, int r)
{
	if (r == red->rdv.rank)
		return (struct reduction_offer){red->send, red->recv};
	return brought_offer(red, offered, r);
}

static cohort_status open_buffers(struct reduction *red, uint64_t offered)
{
	const size_t bytes = red->count * red->width;

	for (int r = 0; r < red->rdv.size; r++) {
		const struct reduction_offer offer =
		    offered_buffers(red, offered, r);
		cohort_status status =
		    zero_copy_open(&red->rdv, r, offer.send, bytes);
		if (status == COHORT_OK)
			status =
			    zero_copy_open(&red->rdv, r, offer.recv, bytes);
		if (status != COHORT_OK)
			return status;
	}
	return COHORT_OK;
}

/* Reduce this rank's share, a piece at a time by way of its ring: if it reduces
 * in place, the first combination must not overwrite its contribution. */
static cohort_status reduce_shared(const struct reduction *red,
                                   uint64_t offered)
{
	const int rank = red->rdv.rank;
	const struct range own = reduction_share(red, red->count, rank);
	const size_t most = SLOT_BYTES / red->width;
	unsigned char *piece = red->rdv.arena->slabs[rank].ring;
	cohort_status status = COHORT_OK;

	for (size_t i = 0; i < own.count && status == COHORT_OK; i += most) {
		const size_t n = own.count - i < most ? own.count - i : most;
		const size_t at = (own.begin + i) * red->width;
		op_combine(red->op, red->type, piece,
		           offered_buffers(red, offered, 0).send + at,
		           offered_buffers(red, offered, 1).send + at, n);
		for (int r = 2; r < red->rdv.size; r++)
			op_combine(red->op, red->type, piece, piece,
			           offered_buffers(red, offered, r).send + at,
			           n);
		shm_copy(red->recv + at, piece, n * red->width);
		status = wait_check(&red->rdv.wait);
	}
	return status;
}

static cohort_status copy_shared(const struct reduction *red, uint64_t offered)
{
	cohort_status status = COHORT_OK;

	for (int r = 0; r < red->rdv.size && status == COHORT_OK; r++) {
		const struct range share = reduction_share(red, red->count, r);
		const size_t at = share.begin * red->width;
		if (r != red->rdv.rank)
			status = zero_copy_read(
			    &red->rdv, shm_copy, red->recv + at,
			    offered_buffers(red, offered, r).recv + at,
			    share.count * red->width);
	}
	return status;
}

cohort_status allreduce_zero_copy(struct reduction *red)
{
	const uint64_t offered = red->rdv.number;
	cohort_status status = open_buffers(red, offered);

	if (status == COHORT_OK)
		status = reduce_shared(red, offered);
	if (status != COHORT_OK)
		return status;
	rendezvous_next(&red->rdv);
	status = rendezvous_join(&red->rdv);
	if (status == COHORT_OK)
		status = copy_shared(red, offered);
	if (status != COHORT_OK)
		return status;
	rendezvous_next(&red->rdv);
	return rendezvous_join(&red->rdv);
}
