#include "gather_stream.h"

#include "await.h"
#include "staging.h"
#include "stream_ring.h"

cohort_status gather_stream_send(struct rendezvous *rdv, const void *data,
                                 size_t bytes)
{
	struct rank_sync *sync = &rdv->arena->syncs[rdv->rank];
	const struct stream stream =
	    stream_cut(rdv, bytes, STREAM_OF_ONE,
	               atomic_load_explicit(&sync->sent, memory_order_relaxed));
	const unsigned char *from = data;

	for (size_t k = 0; k < stream.count; k++) {
		const uint64_t after = stream.first + k + 1;
		cohort_status status = COHORT_OK;
		if (k >= stream.turns)
			status = await_counter(rdv, &sync->drained,
			                       after - stream.turns,
			                       rdv->wait.call->root);
		if (status != COHORT_OK)
			return status;
		staging_put(rdv, stream_at(rdv, &stream, rdv->rank, k),
		            from + k * stream.slice,
		            stream_piece(&stream, k, bytes));
		await_advance(rdv, &sync->sent, after);
	}
	return COHORT_OK;
}

/* Everything that the sender sent before has been drained: so the number of its
 * next slice is `drained`, and the root need not read `sent`, which the sender
 * may be moving already. */
cohort_status gather_stream_recv(struct rendezvous *rdv, int sender, void *data,
                                 size_t bytes, copy_function *copy)
{
	struct rank_sync *sync = &rdv->arena->syncs[sender];
	const struct stream stream = stream_cut(
	    rdv, bytes, STREAM_OF_ONE,
	    atomic_load_explicit(&sync->drained, memory_order_acquire));
	unsigned char *to = data;

	for (size_t k = 0; k < stream.count; k++) {
		const uint64_t after = stream.first + k + 1;
		cohort_status status =
		    await_counter(rdv, &sync->sent, after, sender);
		if (status != COHORT_OK)
			return status;
		copy(to + k * stream.slice, stream_at(rdv, &stream, sender, k),
		     stream_piece(&stream, k, bytes));
		await_advance(rdv, &sync->drained, after);
	}
	return COHORT_OK;
}

static void drain(struct rendezvous *rdv, int sender, uint64_t slices)
{
	struct rank_sync *sync = &rdv->arena->syncs[sender];
	const uint64_t drained =
	    atomic_load_explicit(&sync->drained, memory_order_acquire);

	await_advance(rdv, &sync->drained, drained + slices);
}

void gather_stream_was_read(struct rendezvous *rdv, int sender)
{
	drain(rdv, sender, 2);
}

void gather_stream_refuse(struct rendezvous *rdv, int sender)
{
	drain(rdv, sender, 1);
}

cohort_status gather_stream_await_read(struct rendezvous *rdv, bool *read)
{
	struct rank_sync *sync = &rdv->arena->syncs[rdv->rank];
	const uint64_t sent =
	    atomic_load_explicit(&sync->sent, memory_order_relaxed);
	const cohort_status status =
	    await_counter(rdv, &sync->drained, sent + 1, rdv->wait.call->root);

	if (status != COHORT_OK)
		return status;
	*read = await_reached(&sync->drained, sent + 2);
	atomic_store_explicit(&sync->sent, sent + (*read ? 2 : 1),
	                      memory_order_relaxed);
	return COHORT_OK;
}
