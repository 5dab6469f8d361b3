/*
 * Gather. Each part by its own size:
 * up to PAYLOAD_BYTES: in its rank's flag; up to SLOT_BYTES: in its slot, both
 * filled before the meeting and read by the root after it; above: a stream
 * (stream.h) after the meeting, or read where it is, if all ranks can. All
 * senders of streams fill their rings at the same time; the root drains them in
 * rank order.
 * Cost: one meeting, n bytes in at once on every rank, p n bytes out.
 */
#include "rendezvous.h"
#include "shm_collectives.h"
#include "staging.h"
#include "stream.h"
#include "tuning.h"
#include "zero_copy.h"

static cohort_status collect_large(struct rendezvous *rdv, int r, void *to,
                                   size_t bytes, copy_function *copy)
{
	const void *there;
	cohort_status status = zero_copy_find(rdv, r, bytes, &there);

	if (status != COHORT_OK)
		return status;
	if (!there)
		return stream_recv(rdv, r, to, bytes, copy);
	status = zero_copy_read(rdv, copy, to, there, bytes);
	if (status == COHORT_OK)
		zero_copy_done(rdv, r);
	return status;
}

static cohort_status send_large(struct rendezvous *rdv, const void *send,
                                size_t bytes)
{
	if (zero_copy_offered(rdv, rdv->rank))
		return zero_copy_await(rdv);
	return stream_send(rdv, send, bytes);
}

/* The root's own part, first: meanwhile the others fill their rings. */
static cohort_status collect_own(const struct rendezvous *rdv, const void *send,
                                 unsigned char *recv, const size_t counts[],
                                 size_t width, copy_function *copy)
{
	const size_t bytes = counts[rdv->rank] * width;
	size_t place = 0;

	for (int r = 0; r < rdv->rank; r++)
		place += counts[r] * width;
	if (bytes == 0 || send == recv + place)
		return COHORT_OK;
	if (bytes > SLOT_BYTES)
		return zero_copy_read(rdv, copy, recv + place, send, bytes);
	staging_take(recv + place, send, bytes);
	return COHORT_OK;
}

static cohort_status collect(struct rendezvous *rdv, const void *send,
                             void *recv, const size_t counts[], size_t width)
{
	unsigned char *to = recv;
	size_t total = 0;

	for (int r = 0; r < rdv->size; r++)
		total += counts[r] * width;
	copy_function *const copy = tuning_copy(total, NONTEMPORAL_GATHER);
	cohort_status status =
	    collect_own(rdv, send, recv, counts, width, copy);
	for (int r = 0; r < rdv->size && status == COHORT_OK; r++) {
		const size_t bytes = counts[r] * width;
		if (bytes == 0)
			continue;
		if (r == rdv->rank) {
			to += bytes;
			continue;
		}
		if (bytes <= SLOT_BYTES) {
			staging_take(to, staging_of(rdv, r, bytes), bytes);
		} else {
			status = collect_large(rdv, r, to, bytes, copy);
		}
		to += bytes;
	}
	return status == COHORT_OK ? rendezvous_end(rdv) : status;
}

cohort_status shm_gatherv(struct world *base, const struct call *call,
                          const void *send, void *recv, const size_t counts[],
                          size_t width)
{
	struct rendezvous rdv;
	const size_t bytes = (size_t)call->count * width;
	const bool is_root = base->rank == call->root;

	rendezvous_begin(&rdv, base, call);
	rendezvous_attach_counts(&rdv, call->root, counts);
	if (bytes > SLOT_BYTES && !is_root)
		zero_copy_offer(&rdv, send, bytes);
	else if (!is_root)
		staging_bring(&rdv, send, bytes, bytes);
	cohort_status status = rendezvous_join(&rdv);
	if (status != COHORT_OK)
		return status;
	if (!is_root)
		return bytes > SLOT_BYTES ? send_large(&rdv, send, bytes)
		                          : COHORT_OK;
	return collect(&rdv, send, recv, counts, width);
}
