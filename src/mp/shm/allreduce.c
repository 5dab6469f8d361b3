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
 * When all buffers lie where all ranks can read them, each rank reduces its
 * share of the whole straight from the others' buffers.
 * Cost: n / block + 1 meetings; of each block, n (p - 1) / p bytes in, n
 * combined, n (p - 1) / p out, on every rank at once.
 */
#include "allreduce.h"

#include "common/base/op.h"
#include "common/base/type.h"
#include "shm_collectives.h"
#include "staging.h"
#include "tuning.h"

/* This rank's own is at hand, unless it has been written over by the result of
 * the first two. */
static const unsigned char *contribution(const struct reduction *red, int r)
{
	const bool kept = red->send != red->recv || r < 2;

	return r == red->rdv.rank && kept
	           ? red->send
	           : staging_of(&red->rdv, r, red->count * red->width);
}

/* Combine what lies in flags or slots. */
static void combine_all(const struct reduction *red)
{
	unsigned char *to = red->recv;

	op_combine(red->op, red->type, to, contribution(red, 0),
	           contribution(red, 1), red->count);
	for (int r = 2; r < red->rdv.size; r++)
		op_combine(red->op, red->type, to, to, contribution(red, r),
		           red->count);
}

static cohort_status reduce_alone(struct reduction *red)
{
	struct rendezvous *rdv = &red->rdv;
	const size_t bytes = red->count * red->width;
	bool last;

	staging_bring(rdv, red->send, bytes, bytes);
	cohort_status status = rendezvous_join_last(rdv, &last);
	if (status != COHORT_OK)
		return status;
	if (last || !rendezvous_is_counted(rdv))
		combine_all(red);
	if (last) {
		staging_put(rdv, staging_of_result(rdv, bytes), red->recv,
		            bytes);
		rendezvous_release(rdv);
	} else if (rendezvous_is_counted(rdv)) {
		staging_take(red->recv, staging_of_result(rdv, bytes), bytes);
	}
	return rendezvous_end(rdv);
}

static cohort_status reduce_large(struct reduction *red)
{
	zero_copy_offer_buffers(red);
	/* Also because somebody may still read this rank's ring, for a call
	 * before. */
	cohort_status status = rendezvous_join(&red->rdv);
	if (status != COHORT_OK)
		return status;
	return zero_copy_all_offered(red) ? reduce_zero_copy(red)
	                                  : reduce_blocks(red);
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

	if (base->size == 1) {
		if (send != recv && bytes > 0)
			shm_copy(recv, send, bytes);
		op_alone(red.op, red.type, recv, red.count);
		return rendezvous_join(&red.rdv);
	}
	if (bytes == 0)
		return rendezvous_join(&red.rdv);
	if (bytes <= tuning_for(&red.rdv)->reduce_alone)
		return reduce_alone(&red);
	return reduce_large(&red);
}
