#include "handover.h"

#include "delivery_round.h"
#include "worker_keep.h"

#include <stdlib.h>
#include <string.h>

static const unsigned char *loose_part(const struct result_store *store)
{
	return store->records + store->used - result_store_loose(store);
}

cohort_status handover_begin(struct handover *handover, struct worker *worker)
{
	const struct result_store *store = &worker->run->sweep->store;
	const size_t bytes = result_store_loose(store);

	handover_free(handover);
	if (worker->run->children++ == 0 && !worker->run->first_key)
		worker->run->first_key = child_state_new_key();
	worker->key =
	    child_state_key(worker->run->first_key, worker->run->children);
	delivery_note_child(worker->run, worker->key);
	handover->before = worker->cursor;
	child_state_clear(worker->child);
	child_state_keep_cursor(worker->child, worker->key, &worker->cursor);
	if (bytes == 0)
		return COHORT_OK;
	handover->loose = malloc(bytes);
	if (!handover->loose)
		return error_sys("cohort_scatter: malloc");
	handover->loose_bytes = bytes;
	memcpy(handover->loose, loose_part(store), bytes);
	return COHORT_OK;
}

void handover_free(struct handover *handover)
{
	free(handover->loose);
	*handover = (struct handover){0};
}

/* Restore what was finished before the child. Whether that had changed. */
static bool restore_loose(const struct handover *handover,
                          const struct result_store *store)
{
	unsigned char *part =
	    store->records + store->used - handover->loose_bytes;

	if (handover->loose_bytes == 0 ||
	    !memcmp(part, handover->loose, handover->loose_bytes))
		return false;
	memcpy(part, handover->loose, handover->loose_bytes);
	return true;
}

/* The child's cursor, if it is whole and fits what the rank knows. */
static bool read_cursor(const struct handover *handover,
                        const struct worker *worker, struct cursor *out)
{
	const struct cursor *before = &handover->before;
	const struct sweep_run *run = worker->run;

	return child_state_read_cursor(worker->child, worker->key, out) &&
	       out->next <= out->end && out->end <= run->todo.count &&
	       out->stored.used >= before->stored.used &&
	       out->stored.used <= run->sweep->store.reserved &&
	       out->stored.count >= before->stored.count;
}

/* The cursor behind the `count` tasks that the child is known to have finished,
 * if it does not say so itself. */
static void count_finished(const struct handover *handover,
                           const struct result_store *store,
                           struct cursor *cursor)
{
	const struct cursor *before = &handover->before;
	const void *data;
	const char *error;

	cursor->stored = before->stored;
	cursor->done = before->done;
	cursor->failed = before->failed;
	cursor->journaled = before->journaled;
	while (cursor->stored.used < store->used) {
		const struct record *record = record_read(
		    store->records, &cursor->stored.used, &data, &error);
		cursor->stored.count++;
		cursor->done++;
		cursor->failed += record->status != COHORT_OK;
		if (before->journaled > 0)
			cursor->journaled += journal_record_bytes(
			    record->bytes, record->error_bytes);
	}
}

/* A failure of the journal is kept there, and checkpoint_end returns it. */
void handover_cut_journal(const struct worker *worker)
{
	struct journal_writer *writer = worker->run->checkpoint.writer;

	if (!writer)
		return;
	cohort_status status =
	    journal_writer_rewind(writer, worker->cursor.journaled);
	(void)status;
}

cohort_status handover_end(struct handover *handover, struct worker *worker,
                           bool *damaged)
{
	struct result_store *store = &worker->run->sweep->store;
	struct cursor cursor;
	const bool whole = read_cursor(handover, worker, &cursor);
	const size_t used = whole ? cursor.stored.used : store->reserved;
	const size_t most =
	    whole ? cursor.stored.count - handover->before.stored.count
	          : SIZE_MAX;
	const size_t tasks = worker->run->sweep->count;

	*damaged = !whole;
	if (!result_store_reach(store, used))
		return error_sys("cohort_scatter: rank %d cannot reach the "
		                 "results of its tasks: mprotect",
		                 worker->run->group->world->rank);
	*damaged |= restore_loose(handover, store);
	const size_t accepted =
	    result_store_accept(store, worker->key, used, most, tasks);
	if (!whole) {
		/* The tasks that the child had claimed are lost; execute.c
		 * finds them. */
		cursor = handover->before;
		cursor.next = cursor.end;
		cursor.dealt = true;
	}
	if (!whole || accepted < most)
		count_finished(handover, store, &cursor);
	*damaged |= whole && accepted < most;
	worker->cursor = cursor;
	worker_count(worker);
	/* What a single task has left is shown when it is believed. */
	delivery_note_child_end(worker->run, worker->run->singly
	                                         ? handover->before.stored.used
	                                         : cursor.stored.used);
	handover_cut_journal(worker);
	return COHORT_OK;
}
