/* Allreduce in blocks, of which each rank reduces its share: see allreduce.c. */
#include "allreduce.h"

#include "common/base/op.h"
#include "common/base/partition.h"
#include "copy.h"
#include "staging.h"
#include "tuning.h"

#include <assert.h>

/* One block under way: elements, and bytes into a ring where it lies: a rank's
 * contributions to the others' shares, and in the place of its own share the
 * result of that. */
struct block {
	size_t begin;
	size_t count;
	size_t place;
};

/* In place a rank puts its own contribution, for one block, where its result will
 * be, while others still read its result of the block before the last: it takes
 * three places. */
enum { PLACES_LEAST = 3 };

static struct block block_at(const struct reduction *red, size_t begin,
                             size_t most)
{
	const size_t left = red->count - begin;
	const size_t bytes =
	    slot_bytes((red->count < most ? red->count : most) * red->width);
	const size_t round = slot_room(tuning_for(&red->rdv)->all.round, bytes);

	assert(round / bytes >= PLACES_LEAST);
	return (struct block){
	    .begin = begin,
	    .count = left < most ? left : most,
	    .place = red->rdv.number % (round / bytes) * bytes,
	};
}

static struct range share_of(const struct reduction *red,
                             const struct block *block, int r)
{
	return partition_block(block->count, (size_t)red->rdv.size, (size_t)r);
}

static bool in_place(const struct reduction *red)
{
	return red->send == red->recv;
}

/* This rank's elements of the others' shares, into its ring. In place those of
 * its own share too, which its result is written over. */
static void contribute(const struct reduction *red, const struct block *block)
{
	const struct range own = share_of(red, block, red->rdv.rank);
	const unsigned char *from = red->send + block->begin * red->width;
	unsigned char *to =
	    red->rdv.arena->slabs[red->rdv.rank].ring + block->place;
	const size_t after = own.begin + own.count;

	if (in_place(red)) {
		staging_put(&red->rdv, to, from, block->count * red->width);
		return;
	}
	staging_put(&red->rdv, to, from, own.begin * red->width);
	staging_put(&red->rdv, to + after * red->width,
	            from + after * red->width,
	            (block->count - after) * red->width);
}

/* What rank r brings to this rank's share. */
static const unsigned char *contribution(const struct reduction *red,
                                         const struct block *block, int r)
{
	const size_t own = share_of(red, block, red->rdv.rank).begin;

	if (r == red->rdv.rank && !in_place(red))
		return red->send + (block->begin + own) * red->width;
	return red->rdv.arena->slabs[r].ring + block->place + own * red->width;
}

/* This rank's share, from everybody, into its result, and that into its ring. */
static void reduce_share(const struct reduction *red, const struct block *block)
{
	const int rank = red->rdv.rank;
	const struct range own = share_of(red, block, rank);
	const size_t offset = own.begin * red->width;
	const size_t place = block->begin * red->width + offset;
	unsigned char *to = red->recv + place;

	for (int r = 1; r < red->rdv.size; r++)
		op_combine(red->op, red->type, to,
		           r == 1 ? contribution(red, block, 0) : to,
		           contribution(red, block, r), own.count);
	staging_put(&red->rdv,
	            red->rdv.arena->slabs[rank].ring + block->place + offset,
	            to, own.count * red->width);
}

/* The others' shares, from their rings. */
static void copy_shares(const struct reduction *red, const struct block *block)
{
	const struct slab *slabs = red->rdv.arena->slabs;
	unsigned char *to = red->recv + block->begin * red->width;

	for (int r = 0; r < red->rdv.size; r++) {
		const struct range share = share_of(red, block, r);
		const size_t offset = share.begin * red->width;
		if (r != red->rdv.rank)
			shm_copy(to + offset,
			         slabs[r].ring + block->place + offset,
			         share.count * red->width);
	}
}

cohort_status reduce_blocks(struct reduction *red)
{
	struct rendezvous *rdv = &red->rdv;
	const size_t most = tuning_for(rdv)->block / red->width;
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
