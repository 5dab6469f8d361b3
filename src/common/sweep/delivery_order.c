#include "delivery_order.h"

#include "common/base/bit_set.h"
#include "delivery_call.h"
#include "delivery_halt.h"
#include "delivery_resumed.h"
#include "index_digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	ITEM_BYTES = 64, /* of the heap's and malloc's, about */
	/* Of results that may come before the awaited one while there is no
	 * room for more. */
	AHEAD_BYTES = 4 << 20
};

static void read_copy(const struct reorder_item *item, struct taken_record *out)
{
	size_t next = 0;

	out->record = record_read(item->copy, &next, &out->data, &out->error);
	out->next = next;
}

/* Whether the result that waits and has the lowest index is that of this
 * task. */
static bool waits_first(const struct delivery *delivery, uint64_t index)
{
	return delivery->reorder.count > 0 &&
	       delivery->reorder.items[0].index == index;
}

/* The record in this place is not what it was: its task counts as not done. */
static void forget(struct delivery *delivery, const struct reorder_item *item)
{
	bits_remove(delivery->arrived, (size_t)item->index);
	delivery->arrived_count--;
	delivery->digest -= index_digest(item->index);
	delivery_look_again(delivery, item->rank, item->place);
}

/* Where the record has changed since it was taken, a later one of its task may
 * wait; else it is restored, or the task is run again. */
static void hand_over_in_place(struct delivery *delivery,
                               const struct reorder_item *item)
{
	struct delivery_stream *stream = &delivery->streams[item->rank];
	const uint64_t child = stream->child;
	struct taken_record taken;

	stream->child = 0;
	const bool believed =
	    delivery_take(delivery, item->rank,
	                  delivery_read_taken(delivery, item->rank, item->end),
	                  item->place, false, &taken);
	stream->child = child;
	if (believed && taken.record->index == item->index) {
		while (waits_first(delivery, item->index))
			reorder_take(&delivery->reorder);
		delivery_hand_over(delivery, &taken);
	} else if (!waits_first(delivery, item->index)) {
		forget(delivery, item);
	}
}

/* Hand over the result that waits and has the lowest index. */
static void hand_over_waiting(struct delivery *delivery)
{
	const struct reorder_item item = reorder_take(&delivery->reorder);
	struct taken_record taken;

	if (!item.copy) {
		hand_over_in_place(delivery, &item);
		return;
	}
	read_copy(&item, &taken);
	delivery_hand_over(delivery, &taken);
	delivery->held -= record_bytes(taken.record) + ITEM_BYTES;
	free(item.copy);
}

/* The result waits for its turn. If results are released, its record is
 * copied, so that its rank can go on. */
static void defer(struct delivery *delivery, struct reorder_item item,
                  const struct taken_record *taken)
{
	static const char order[] = "put results in order for on_result";
	const size_t bytes = record_bytes(taken->record);

	if (delivery->discards && !item.copy) {
		item.copy = malloc(bytes);
		if (!item.copy) {
			delivery_lack_memory(delivery, order, ENOMEM);
			return;
		}
		memcpy(item.copy, taken->record, bytes);
		delivery->held += bytes + ITEM_BYTES;
	}
	if (!reorder_add(&delivery->reorder, item))
		delivery_lack_memory(delivery, order, ENOMEM);
}

void delivery_note_arrival(struct delivery *delivery, size_t index)
{
	bits_add(delivery->arrived, index);
	delivery->arrived_count++;
	delivery->digest += index_digest(index);
}

/* The journal's result of this task. */
static void hand_over_resumed(struct delivery *delivery, uint64_t index)
{
	struct taken_record taken;

	if (delivery_resumed_read(delivery, index, &taken))
		delivery_hand_over(delivery, &taken);
	else
		delivery_halt(delivery);
}

void delivery_hand_over_next(struct delivery *delivery)
{
	while (!delivery->halted) {
		const uint64_t next = delivery->next;
		if (waits_first(delivery, next))
			hand_over_waiting(delivery);
		else if (delivery_resumed_has(delivery, next))
			hand_over_resumed(delivery, next);
		else
			return;
	}
}

void delivery_arrive(struct delivery *delivery, struct reorder_item item,
                     const struct taken_record *taken)
{
	if (bits_have(delivery->arrived, (size_t)item.index)) {
		/* The task was run again. The record that waits in its place
		 * may be destroyed, which is seen when its turn comes: so both
		 * wait. */
		if (delivery->run->job->ordered && !delivery->discards &&
		    !delivery->halted && item.index >= delivery->next)
			defer(delivery, item, taken);
		return;
	}
	delivery_note_arrival(delivery, (size_t)item.index);
	if (delivery->halted || !delivery->run->job->ordered ||
	    item.index == delivery->next)
		delivery_hand_over(delivery, taken);
	else
		defer(delivery, item, taken);
	delivery_hand_over_next(delivery);
}

uint64_t delivery_find_limit(const struct delivery *delivery)
{
	const struct reorder *reorder = &delivery->reorder;

	if (reorder->count == 0)
		return delivery->next + 1;
	const uint64_t waits = reorder->items[0].index;
	const uint64_t mean = delivery->held / reorder->count + 1;
	const uint64_t end = delivery->next + 1 + AHEAD_BYTES / mean;
	return waits < end ? waits : end;
}

void delivery_end(struct sweep_run *run)
{
	struct delivery *delivery = run->delivery;
	const size_t count = run->sweep->count;
	uint64_t resumed = delivery ? delivery->next : count;

	while (delivery) {
		const struct reorder *reorder = &delivery->reorder;
		while (resumed < count &&
		       !delivery_resumed_has(delivery, resumed))
			resumed++;
		if (reorder->count > 0 && reorder->items[0].index < resumed)
			hand_over_waiting(delivery);
		else if (resumed < count)
			hand_over_resumed(delivery, resumed++);
		else
			return;
	}
}
