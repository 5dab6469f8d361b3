/*
 * Allreduce, in rank order from the left whatever the algorithm, so that the
 * bits are the same on every rank, and with every other transport.
 *
 * Up to PAYLOAD_BYTES in the flags, up to cut.reduce_alone in the slots: every
 * rank puts its contribution there, comes to the meeting, and combines all of
 * them; when ranks count themselves, the last to come does it once for all.
 * Cost: one meeting, n bytes in, p n bytes combined.
 *
 * Above: in blocks, of which each rank reduces its share. It puts its
 * contribution to the others' shares into its ring; they meet; it reduces its
 * own share, from its own buffer and the others' rings, into its result and
 * into its ring; they meet; it copies the others' shares. The second meeting
 * of a block is the first of the next one.
 * Cost: n / block + 1 meetings; of each block, n (p - 1) / p bytes in, n
 * combined, n (p - 1) / p out, on every rank at once.
 */
#include "common/op.h"
#include "common/partition.h"
#include "copy.h"
#include "cut.h"
#include "meet.h"
#include "shm.h"

struct reduction {
	struct meet meet;
	cohort_op op;
	cohort_type type;
	size_t width;
	size_t count;
	const unsigned char *send;
	unsigned char *recv;
};

/* Where rank r's whole contribution lies. */
typedef const unsigned char *place_of(const struct reduction *red, int r);

static const unsigned char *in_flag(const struct reduction *red, int r)
{
	return meet_flag(&red->meet, r)->payload;
}

static const unsigned char *in_slot(const struct reduction *red, int r)
{
	return meet_slot(&red->meet, r);
}

/* Combine what lies in flags or slots. */
static void combine_all(const struct reduction *red, place_of *find, void *to)
{
	shm_copy(to, find(red, 0), red->count * red->width);
	for (int r = 1; r < red->meet.size; r++)
		op_combine(red->op, red->type, to, find(red, r), red->count);
}

static cohort_status reduce_alone(struct reduction *red, place_of *find)
{
	struct meet *meet = &red->meet;
	const size_t bytes = red->count * red->width;
	struct hall *hall = meet->arena->hall;
	unsigned char *common = find == in_flag
	                            ? hall->payload
	                            : meet->arena->results[meet->number % 2];
	bool last;

	cohort_status status = meet_all_but(meet, &last);
	if (status != COHORT_OK)
		return status;
	if (!meet_counts(meet)) {
		combine_all(red, find, red->recv);
		return COHORT_OK;
	}
	if (last) {
		combine_all(red, find, common);
		meet_release(meet);
	}
	shm_copy(red->recv, common, bytes);
	return COHORT_OK;
}

/* One block under way: elements, and the halves of the rings that it uses. */
struct block {
	size_t begin;
	size_t count;
	size_t half;    /* bytes into a ring where contributions lie */
	size_t results; /* and where results do */
};

static struct block block_at(const struct reduction *red, size_t begin,
                             size_t most)
{
	const size_t left = red->count - begin;
	const size_t bytes = most * red->width;
	const size_t turn = red->meet.number % 2;

	return (struct block){
	    .begin = begin,
	    .count = left < most ? left : most,
	    .half = turn * bytes,
	    .results = (2 + turn) * bytes,
	};
}

static struct range share_of(const struct reduction *red,
                             const struct block *block, int r)
{
	return partition_block(block->count, (size_t)red->meet.size, (size_t)r);
}

/* This rank's elements of the others' shares, into its ring. */
static void contribute(const struct reduction *red, const struct block *block)
{
	const struct range own = share_of(red, block, red->meet.rank);
	const unsigned char *from = red->send + block->begin * red->width;
	unsigned char *to =
	    red->meet.arena->slabs[red->meet.rank].ring + block->half;
	const size_t after = own.begin + own.count;

	shm_copy(to, from, own.begin * red->width);
	shm_copy(to + after * red->width, from + after * red->width,
	         (block->count - after) * red->width);
}

/* This rank's share, from everybody, into its result and its ring. */
static void reduce_share(const struct reduction *red, const struct block *block)
{
	const struct slab *slabs = red->meet.arena->slabs;
	const int rank = red->meet.rank;
	const struct range own = share_of(red, block, rank);
	const size_t offset = own.begin * red->width;
	const size_t place = block->begin * red->width + offset;
	unsigned char *to =
	    red->meet.arena->slabs[rank].ring + block->results + offset;

	for (int r = 0; r < red->meet.size; r++) {
		const unsigned char *from =
		    r == rank ? red->send + place
		              : slabs[r].ring + block->half + offset;
		if (r == 0)
			shm_copy(to, from, own.count * red->width);
		else
			op_combine(red->op, red->type, to, from, own.count);
	}
	shm_copy(red->recv + place, to, own.count * red->width);
}

/* The others' shares, from their rings. */
static void copy_shares(const struct reduction *red, const struct block *block)
{
	const struct slab *slabs = red->meet.arena->slabs;
	unsigned char *to = red->recv + block->begin * red->width;

	for (int r = 0; r < red->meet.size; r++) {
		const struct range share = share_of(red, block, r);
		const size_t offset = share.begin * red->width;
		if (r != red->meet.rank)
			shm_copy(to + offset,
			         slabs[r].ring + block->results + offset,
			         share.count * red->width);
	}
}

static cohort_status reduce_blocks(struct reduction *red)
{
	struct meet *meet = &red->meet;
	const size_t most = cut_for(meet).block / red->width;
	struct block before = {0};

	/* Somebody may still read this rank's ring, for a call before. */
	cohort_status status = meet_all(meet);
	for (size_t begin = 0; begin < red->count && status == COHORT_OK;
	     begin += before.count) {
		meet_next(meet);
		const struct block block = block_at(red, begin, most);
		contribute(red, &block);
		status = meet_all(meet);
		if (status != COHORT_OK)
			return status;
		if (before.count > 0)
			copy_shares(red, &before);
		reduce_share(red, &block);
		before = block;
	}
	if (status != COHORT_OK)
		return status;
	meet_next(meet);
	status = meet_all(meet);
	if (status == COHORT_OK)
		copy_shares(red, &before);
	return status;
}

cohort_status shm_allreduce(struct world *base, const struct call *call,
                            const void *send, void *recv)
{
	const struct mp_group *group = (const struct mp_group *)base;
	struct reduction red = {
	    .meet = meet_begin(group->world, call, group->timeout),
	    .op = (cohort_op)call->op,
	    .type = (cohort_type)call->type,
	    .width = cohort_type_size((cohort_type)call->type),
	    .count = (size_t)call->count,
	    .send = send,
	    .recv = recv,
	};
	const size_t bytes = red.count * red.width;

	if (base->size == 1) {
		if (send != recv && bytes > 0)
			shm_copy(recv, send, bytes);
		op_alone(red.op, red.type, recv, red.count);
		return meet_all(&red.meet);
	}
	if (bytes == 0)
		return meet_all(&red.meet);
	if (bytes <= PAYLOAD_BYTES) {
		shm_copy(meet_flag(&red.meet, base->rank)->payload, send,
		         bytes);
		return reduce_alone(&red, in_flag);
	}
	if (bytes <= cut_for(&red.meet).reduce_alone) {
		shm_copy(meet_slot(&red.meet, base->rank), send, bytes);
		return reduce_alone(&red, in_slot);
	}
	return reduce_blocks(&red);
}
