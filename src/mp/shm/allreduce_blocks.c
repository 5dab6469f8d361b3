/*
 * Allreduce of many bytes, in blocks. Each rank reduces its share of a block:
 *
 *	it writes its contributions to the other shares into its ring;
 *	rendezvous;
 *	it reduces its own share, from its own buffer and the rings of the
 *	others, into its result and into its ring;
 *	rendezvous;
 *	it copies the other shares from the rings of their ranks.
 *
 * The second rendezvous of a block is the first of the next block.
 * Cost: n / block + 1 rendezvous; for each block, n (p - 1) / p bytes in, n
 * combined, n (p - 1) / p out, on every rank at the same time.
 */
#include "allreduce_blocks.h"

#include "common/base/op.h"
#include "copy.h"
#include "rendezvous.h"
#include "slot.h"
#include "staging.h"
#include "tuning.h"

#include <assert.h>

struct block {
	size_t begin; /* its first element */
	size_t count; /* elements */
	size_t place; /* in every ring: bytes from the beginning of the ring */
};

/*
 * The part of a block's place that belongs to a rank's own share gets the
 * result of that share. A rank that reduces in place first writes its own
 * contribution there, since the result overwrites its buffer. At that time
 * others may still read its result of the block before the last, so two places
 * would not be enough.
 */
enum { PLACES_LEAST = 3 };

/* The block that begins at element `begin`, `most` elements at most. Blocks
 * take turns in the ring by the number of their rendezvous. */
static struct block block_at(const struct reduction *red, size_t begin,
                             size_t most)
{
	const size_t left = red->count - begin;
	const size_t bytes =
	    slot_bytes((red->count < most ? red->count : most) * red->width);
	const size_t round =
	    slot_room(tuning_for(red->rdv.plane)->all.round, bytes);

	assert(round / bytes >= PLACES_LEAST);
	return (struct block){
	    .begin = begin,
	    .count = left < most ? left : most,
	    .place = red->rdv.number % (round / bytes) * bytes,
	};
}

/* Write this rank's contributions to the other shares into its ring; if it
 * reduces in place, also the one to its own share. */
static void contribute(const struct reduction *red, const struct block *block)
{
	const struct range own =
	    reduction_share(red, block->count, red->rdv.rank);
	const unsigned char *from = red->send + block->begin * red->width;
	unsigned char *to =
	    red->rdv.arena->slabs[red->rdv.rank].ring + block->place;
	const size_t after = own.begin + own.count;

	if (reduction_in_place(red)) {
		staging_put(&red->rdv, to, from, block->count * red->width);
		return;
	}
	staging_put(&red->rdv, to, from, own.begin * red->width);
	staging_put(&red->rdv, to + after * red->width,
	            from + after * red->width,
	            (block->count - after) * red->width);
}

/* Rank r's contribution to this rank's share, which begins at element `own` of
 * the block. */
static const unsigned char *block_contribution(const struct reduction *red,
                                               const struct block *block,
                                               size_t own, int r)
{
	if (r == red->rdv.rank && !reduction_in_place(red))
		return red->send + (block->begin + own) * red->width;
	return red->rdv.arena->slabs[r].ring + block->place + own * red->width;
}

/* Reduce this rank's share into its result, and copy that into its ring. */
static void reduce_share(const struct reduction *red, const struct block *block)
{
	const int rank = red->rdv.rank;
	const struct range own = reduction_share(red, block->count, rank);
	unsigned char *to = red->recv + (block->begin + own.begin) * red->width;

	for (int r = 1; r < red->rdv.size; r++)
		op_combine(
		    red->op, red->type, to,
		    r == 1 ? block_contribution(red, block, own.begin, 0) : to,
		    block_contribution(red, block, own.begin, r), own.count);
	staging_put(&red->rdv,
	            red->rdv.arena->slabs[rank].ring + block->place +
	                own.begin * red->width,
	            to, own.count * red->width);
}

/* Copy the other shares from the rings of their ranks. */
static void copy_shares(const struct reduction *red, const struct block *block)
{
	const struct slab *slabs = red->rdv.arena->slabs;
	unsigned char *to = red->recv + block->begin * red->width;

	for (int r = 0; r < red->rdv.size; r++) {
		const struct range share =
		    reduction_share(red, block->count, r);
		const size_t offset = share.begin * red->width;
		if (r != red->rdv.rank)
			shm_copy(to + offset,
			         slabs[r].ring + block->place + offset,
			         share.count * red->width);
	}
}

cohort_status allreduce_blocks(struct reduction *red)
{
	struct rendezvous *rdv = &red->rdv;
	const size_t most = tuning_for(rdv->plane)->block / red->width;
	struct block before = {0};
	cohort_status status = COHORT_OK;

	for (size_t begin = 0; begin < red->count && status == COHORT_OK;
	     begin += before.count) {
		rendezvous_next(rdv);
		const struct block block = block_at(red, begin, most);
		contribute(red, &block);
		status = rendezvous_join(rdv);
		if (status != COHORT_OK)
			return status;
		if (before.count > 0)
			copy_shares(red, &before);
		reduce_share(red, &block);
		before = block;
	}
	if (status != COHORT_OK)
		return status;
	rendezvous_next(rdv);
	status = rendezvous_join(rdv);
	if (status != COHORT_OK)
		return status;
	copy_shares(red, &before);
	return rendezvous_end(rdv);
}
