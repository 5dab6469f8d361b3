/*
 * Each rank sends what it has finished since the last time.
 * Cost: two gathers, one of 8 bytes for each rank, and an exchange of statuses.
 */
#include "delivery_late.h"

#include "delivery.h"
#include "delivery_round.h"
#include "index_digest.h"
#include "status_exchange.h"

#include <stdlib.h>
#include <string.h>

/* Room behind what the ranks have sent before. False if there is none. */
static bool grow_stream(struct delivery_stream *stream, uint64_t bytes)
{
	unsigned char *grown =
	    realloc(stream->sent, (size_t)(stream->sent_bytes + bytes + 1));

	if (grown)
		stream->sent = grown;
	return grown != NULL;
}

static cohort_status gather(struct sweep_run *run, const void *send,
                            size_t bytes, void *recv, const size_t counts[])
{
	struct world *world = run->group->world;
	struct call call = run->call;

	call.counts = COUNTS_OWN;
	call.count = bytes;
	call.root = 0;
	return group_finish(
	    run->group,
	    world->backend->gatherv(world, &call, send, recv, counts, 1));
}

/* What rank 0 receives. */
struct mail {
	uint64_t *bytes; /* from each rank */
	size_t *counts;
	unsigned char *records;
};

static cohort_status gather_sizes(struct sweep_run *run, uint64_t mine,
                                  struct mail *mail)
{
	const size_t size = (size_t)run->group->world->size;

	if (run->group->world->rank != 0)
		return gather(run, &mine, sizeof(mine), NULL, NULL);
	mail->bytes = calloc(size, sizeof(*mail->bytes));
	mail->counts = calloc(size, sizeof(*mail->counts));
	if (!mail->bytes || !mail->counts)
		return group_give_up(run->group, &run->call,
		                     error_sys("cohort_scatter: calloc"));
	for (size_t r = 0; r < size; r++)
		mail->counts[r] = sizeof(*mail->bytes);
	cohort_status status =
	    gather(run, &mine, sizeof(mine), mail->bytes, mail->counts);
	for (size_t r = 0; status == COHORT_OK && r < size; r++)
		mail->counts[r] = (size_t)mail->bytes[r];
	return status;
}

static cohort_status gather_records(struct sweep_run *run,
                                    const unsigned char *send, size_t bytes,
                                    struct mail *mail)
{
	size_t all = 1;

	if (run->group->world->rank != 0)
		return gather(run, send, bytes, NULL, NULL);
	for (int r = 0; r < run->group->world->size; r++)
		all += mail->counts[r];
	mail->records = malloc(all);
	if (!mail->records)
		return group_give_up(
		    run->group, &run->call,
		    error_sys("cohort_scatter: malloc of %zu bytes of results",
		              all));
	return gather(run, send, bytes, mail->records, mail->counts);
}

/* Append what each rank has sent to its stream. */
static cohort_status keep_records(struct sweep_run *run,
                                  const struct mail *mail)
{
	const unsigned char *next = mail->records;

	for (int r = 0; r < run->group->world->size; r++) {
		struct delivery_stream *stream = &run->delivery->streams[r];
		const size_t bytes = mail->counts[r];
		if (bytes > 0 && !grow_stream(stream, bytes))
			return error_sys("cohort_scatter: malloc of %zu bytes "
			                 "of results",
			                 bytes);
		if (bytes > 0)
			memcpy(stream->sent + stream->sent_bytes, next, bytes);
		stream->sent_bytes += bytes;
		next += bytes;
	}
	return COHORT_OK;
}

/* The records that were sent are not needed any more. */
static void release_sent(struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;
	struct result_store *store = &run->sweep->store;
	const void *data;
	const char *error;

	for (int r = 0; delivery->streams && r < run->group->world->size; r++) {
		struct delivery_stream *stream = &delivery->streams[r];
		free(stream->sent);
		if (r > 0)
			*stream = (struct delivery_stream){0};
	}
	if (delivery->streams)
		return;
	for (size_t offset = 0; offset < store->used;)
		delivery->digest += index_digest(
		    record_read(store->records, &offset, &data, &error)->index);
	result_store_turn(store);
	delivery->sent = 0;
}

cohort_status delivery_collect_late(struct sweep_run *run)
{
	const struct world *world = run->group->world;
	struct delivery *delivery = run->delivery;
	const struct result_store *store = &run->sweep->store;
	struct mail mail = {0};

	if (!delivery || world->size == 1 || world->result_event ||
	    delivery->mail)
		return COHORT_OK;
	const size_t bytes =
	    world->rank == 0 ? 0 : store->used - (size_t)delivery->sent;
	cohort_status status = gather_sizes(run, bytes, &mail);
	if (status == COHORT_OK)
		status = gather_records(
		    run, bytes ? store->records + delivery->sent : NULL, bytes,
		    &mail);
	cohort_status mine = status;
	if (status == COHORT_OK && world->rank == 0) {
		mine = keep_records(run, &mail);
		delivery_poll(delivery, true);
		if (mine == COHORT_OK)
			mine = delivery_status(run);
	}
	free(mail.bytes);
	free(mail.counts);
	free(mail.records);
	if (status != COHORT_OK)
		return status;
	delivery->sent = store->used;
	if (delivery->discards)
		release_sent(run);
	return status_agree(run, mine);
}
