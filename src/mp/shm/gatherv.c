/*
 * Gather. Each part travels by its own size: up to SLOT_BYTES in its rank's
 * arrival or slot; above that from its rank's buffer, if all ranks can read it,
 * or as a stream (gather_stream.h). All senders of streams fill their rings at
 * the same time, and the root drains the rings in rank order.
 * Cost: one rendezvous, in which senders of up to SLOT_BYTES wait for nobody
 * (early_leave.h); n bytes in on every rank at the same time, p n bytes out.
 */
#include "early_leave.h"
#include "gather_counts.h"
#include "gather_stream.h"
#include "rendezvous.h"
#include "shm_collectives.h"
#include "single_copy.h"
#include "slot_ahead.h"
#include "staging.h"
#include "tuning.h"
#include "zero_copy.h"

static cohort_status collect_large(struct rendezvous *rdv, int r, void *to,
                                   size_t bytes, copy_function *copy)
{
	bool read;

	if (!zero_copy_offered(rdv, r))
		return gather_stream_recv(rdv, r, to, bytes, copy);
	cohort_status status = zero_copy_take(rdv, r, copy, to, bytes, &read);
	if (status != COHORT_OK)
		return status;
	if (read) {
		gather_stream_was_read(rdv, r);
		return COHORT_OK;
	}
	gather_stream_refuse(rdv, r);
	return gather_stream_recv(rdv, r, to, bytes, copy);
}

/* The root's own part comes first: meanwhile the others fill their rings. */
static cohort_status collect_own(const struct rendezvous *rdv, const void *send,
                                 unsigned char *recv, const size_t counts[],
                                 size_t width, copy_function *copy)
{
	const size_t bytes = counts[rdv->rank] * width;
	unsigned char *to = recv;

	if (bytes == 0)
		return COHORT_OK;
	for (int r = 0; r < rdv->rank; r++)
		to += counts[r] * width;
	if (send == to)
		return COHORT_OK;
	if (bytes > SLOT_BYTES)
		return zero_copy_read(rdv, copy, to, send, bytes);
	staging_take(to, send, bytes);
	return COHORT_OK;
}

static cohort_status collect_others(struct rendezvous *rdv, unsigned char *recv,
                                    const size_t counts[], size_t width,
                                    copy_function *copy)
{
	unsigned char *to = recv;

	for (int r = 0; r < rdv->size; r++) {
		const size_t bytes = counts[r] * width;
		cohort_status status = COHORT_OK;
		if (bytes == 0)
			continue;
		if (r != rdv->rank && bytes <= SLOT_BYTES)
			staging_take(to, staging_of_each(rdv, r, bytes), bytes);
		else if (r != rdv->rank)
			status = collect_large(rdv, r, to, bytes, copy);
		if (status != COHORT_OK)
			return status;
		to += bytes;
	}
	return COHORT_OK;
}

static cohort_status collect_parts(struct rendezvous *rdv, const void *send,
                                   void *recv, const size_t counts[],
                                   size_t width)
{
	size_t total = 0;

	for (int r = 0; r < rdv->size; r++)
		total += counts[r] * width;
	copy_function *const copy = tuning_copy(total, NONTEMPORAL_GATHER);
	cohort_status status =
	    collect_own(rdv, send, recv, counts, width, copy);
	if (status == COHORT_OK)
		status = collect_others(rdv, recv, counts, width, copy);
	return status == COHORT_OK ? rendezvous_end(rdv) : status;
}

/* The way of all parts of others, if they travel in the same way and are of one
 * class of sizes; otherwise SINGLE_COPY_WAYS. */
static enum single_copy_way common_way(const struct rendezvous *rdv,
                                       const size_t counts[], size_t width)
{
	const int first = rdv->rank == 0 ? 1 : 0;
	const enum single_copy_way way = zero_copy_way(rdv, first);

	for (int r = first; r < rdv->size; r++)
		if (r != rdv->rank &&
		    (counts[r] * width < SINGLE_COPY_FROM ||
		     single_copy_class(counts[r] * width) !=
		         single_copy_class(counts[first] * width) ||
		     zero_copy_way(rdv, r) != way))
			return SINGLE_COPY_WAYS;
	return way;
}

static cohort_status collect_timed(struct rendezvous *rdv, const void *send,
                                   void *recv, const size_t counts[],
                                   size_t width)
{
	const size_t bytes = counts[rdv->rank == 0 ? 1 : 0] * width;
	const struct single_copy_timer timer = single_copy_begin(
	    rdv, SINGLE_COPY_GATHER, common_way(rdv, counts, width), bytes);
	cohort_status status = collect_parts(rdv, send, recv, counts, width);

	single_copy_end(rdv, &timer);
	return status;
}

static void offer_large(struct rendezvous *rdv, const void *send, size_t bytes)
{
	zero_copy_offer(rdv, send, bytes);
	single_copy_offer(rdv, SINGLE_COPY_GATHER, rdv->wait.call->root, send,
	                  bytes);
}

static cohort_status send_large(struct rendezvous *rdv, const void *send,
                                size_t bytes)
{
	bool read = false;
	cohort_status status = COHORT_OK;

	if (zero_copy_offered(rdv, rdv->rank))
		status = gather_stream_await_read(rdv, &read);
	return status == COHORT_OK && !read
	           ? gather_stream_send(rdv, send, bytes)
	           : status;
}

/* The root compares the counts, unless the barrier is counted and this rank is
 * the last. */
static cohort_status send_small_part(struct rendezvous *rdv, const void *send,
                                     size_t bytes)
{
	bool last = false;
	cohort_status status = staging_bring_each(rdv, send, bytes, bytes);
	if (status == COHORT_OK)
		status = early_leave_arrive(rdv, &last);
	if (status == COHORT_OK && last)
		status = gather_counts_compare(rdv, NULL);
	if (status == COHORT_OK && last)
		rendezvous_release(rdv);
	slot_ahead_again(rdv, bytes);
	return status == COHORT_OK ? early_leave(rdv) : status;
}

cohort_status shm_gatherv(struct world *base, const struct call *call,
                          const void *send, void *recv, const size_t counts[],
                          size_t width)
{
	struct rendezvous rdv;
	struct gather_counts few;
	const size_t bytes = (size_t)call->count * width;
	const bool is_root = base->rank == call->root;

	rendezvous_begin(&rdv, base, call);
	if (!is_root && bytes <= SLOT_BYTES)
		return send_small_part(&rdv, send, bytes);
	early_leave_count(&rdv);
	if (is_root) {
		gather_counts_bring(&rdv, counts, &few);
		slot_ahead_expect(&rdv, bytes);
	} else {
		offer_large(&rdv, send, bytes);
	}
	cohort_status status =
	    gather_counts_join(&rdv, is_root ? counts : NULL);
	if (status != COHORT_OK)
		return status;
	return is_root ? collect_timed(&rdv, send, recv, counts, width)
	               : send_large(&rdv, send, bytes);
}
