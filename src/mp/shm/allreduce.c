/*
 * Allreduce: chooses the algorithm, and does the one for few bytes. Each rank
 * brings its contribution in its arrival or its slot, and after the rendezvous
 * combines all contributions. In a counted barrier the last rank to arrive does
 * that once for all.
 * Cost: one rendezvous, n bytes in, p n bytes combined.
 *
 * More bytes than plane.reduce_alone begin with a rendezvous too. It tells
 * whether all ranks offer their buffers, and that all have left the call
 * before, so that all rings are free. Then allreduce_zero_copy.c or
 * allreduce_blocks.c.
 */
#include "allreduce_blocks.h"
#include "allreduce_zero_copy.h"
#include "common/base/op.h"
#include "common/base/type.h"
#include "reduction.h"
#include "rendezvous.h"
#include "shm_collectives.h"
#include "staging.h"
#include "tuning.h"

/* This rank's own contribution is in its buffer, unless it reduces in place and
 * the first combination has overwritten it: that of ranks 0 and 1. */
static const unsigned char *staged_contribution(const struct reduction *red,
                                                int r)
{
	const bool kept = !reduction_in_place(red) || r < 2;

	return r == red->rdv.rank && kept
	           ? red->send
	           : staging_of_each(&red->rdv, r, red->count * red->width);
}

static void combine_staged(const struct reduction *red)
{
	unsigned char *to = red->recv;

	op_combine(red->op, red->type, to, staged_contribution(red, 0),
	           staged_contribution(red, 1), red->count);
	for (int r = 2; r < red->rdv.size; r++)
		op_combine(red->op, red->type, to, to,
		           staged_contribution(red, r), red->count);
}

static cohort_status allreduce_small(struct reduction *red)
{
	struct rendezvous *rdv = &red->rdv;
	const size_t bytes = red->count * red->width;
	bool last;

	cohort_status status = staging_bring_each(rdv, red->send, bytes, bytes);
	if (status == COHORT_OK)
		status = rendezvous_join_last(rdv, &last);
	if (status != COHORT_OK)
		return status;
	if (last || !rendezvous_is_counted(rdv))
		combine_staged(red);
	if (last) {
		staging_put(rdv, staging_of_result(rdv, bytes), red->recv,
		            bytes);
		rendezvous_release(rdv);
	} else if (rendezvous_is_counted(rdv)) {
		staging_take(red->recv, staging_of_result(rdv, bytes), bytes);
	}
	return rendezvous_end(rdv);
}

static cohort_status allreduce_large(struct reduction *red)
{
	struct reduction_offer offer;

	allreduce_zero_copy_offer(red, &offer);
	cohort_status status = rendezvous_join(&red->rdv);
	if (status != COHORT_OK)
		return status;
	return allreduce_zero_copy_offered(red, &offer)
	           ? allreduce_zero_copy(red)
	           : allreduce_blocks(red);
}

static cohort_status allreduce_one_rank(struct reduction *red)
{
	const size_t bytes = red->count * red->width;

	if (!reduction_in_place(red) && bytes > 0)
		shm_copy(red->recv, red->send, bytes);
	op_alone(red->op, red->type, red->recv, red->count);
	return rendezvous_join(&red->rdv);
}

cohort_status shm_allreduce(struct world *base, const struct call *call,
                            const void *send, void *recv)
{
	struct reduction red;

	rendezvous_begin(&red.rdv, base, call);
	red.op = (cohort_op)call->op;
	red.type = (cohort_type)call->type;
	red.width = type_size(red.type);
	red.count = (size_t)call->count;
	red.send = send;
	red.recv = recv;
	const size_t bytes = red.count * red.width;

	if (base->size == 1)
		return allreduce_one_rank(&red);
	if (bytes == 0)
		return rendezvous_join(&red.rdv);
	if (bytes <= red.rdv.plane->reduce_alone)
		return allreduce_small(&red);
	return allreduce_large(&red);
}
