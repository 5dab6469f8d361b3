#include "checkpoint.h"

#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/journal/identity.h"
#include "sweep_run.h"

#include <stdlib.h>
#include <string.h>

/* A journal_take: one task of an earlier run becomes a result of this one. */
static cohort_status take(void *arg, const struct journal_record *from)
{
	struct sweep_run *run = arg;
	struct result_store *store = &run->sweep->store;
	const struct record record = {
	    .index = from->index,
	    .seconds = from->seconds,
	    .rank = from->rank,
	    .status = from->status,
	    .attempts = from->attempts,
	    .loaded = 1,
	};
	void *data = store_result(store, (size_t)from->bytes);

	if (!data && from->bytes > 0)
		return error_set(COHORT_ENOMEM,
		                 "cohort_scatter: no memory for the result of "
		                 "task %llu, of %llu bytes, from the journal",
		                 (unsigned long long)from->index,
		                 (unsigned long long)from->bytes);
	if (from->bytes > 0)
		memcpy(data, from->data, (size_t)from->bytes);
	bits_add(run->checkpoint.done, (size_t)from->index);
	return store_add(store, &record,
	                 from->status != COHORT_OK ? from->error : NULL);
}

cohort_status checkpoint_open(struct sweep_run *run)
{
	struct checkpoint *checkpoint = &run->checkpoint;
	const struct sweep *sweep = run->sweep;
	struct journal_identity identity;
	cohort_status status =
	    journal_identify(sweep->params, sweep->count, sweep->param_bytes,
	                     run->job->seed, &identity);

	checkpoint->done = calloc(1, bits_bytes(sweep->count) + 1);
	if (status == COHORT_OK && !checkpoint->done)
		status = error_sys("cohort_scatter: calloc");
	if (status == COHORT_OK)
		status = journal_open(run->job->journal, &identity,
		                      &checkpoint->journal);
	if (status != COHORT_OK)
		return status;
	checkpoint->id = journal_this_run(checkpoint->journal);
	return journal_read(checkpoint->journal, take, run,
	                    &checkpoint->figures);
}

cohort_status checkpoint_begin(struct sweep_run *run)
{
	struct checkpoint *checkpoint = &run->checkpoint;

	checkpoint->shared = memory_share(sizeof(*checkpoint->shared));
	if (!checkpoint->shared)
		return error_sys("cohort_scatter: mmap");
	return journal_writer_open(run->job->journal, &checkpoint->id,
	                           run->group->world->rank, checkpoint->shared,
	                           &checkpoint->writer);
}

void checkpoint_write(struct checkpoint *checkpoint,
                      const struct result_store *store,
                      const struct result_mark *at)
{
	const void *data;
	const char *error;
	size_t offset = at->used;
	const struct record *record =
	    store_read(store->bytes, &offset, &data, &error);
	const struct journal_record written = {
	    .index = record->index,
	    .bytes = record->bytes,
	    .data = data,
	    .error = error,
	    .seconds = record->seconds,
	    .rank = record->rank,
	    .status = record->status,
	    .attempts = record->attempts,
	};

	/* Later calls, and the close, return the same. */
	cohort_status status = journal_write(checkpoint->writer, &written);
	(void)status;
}

cohort_status checkpoint_end(struct checkpoint *checkpoint)
{
	struct journal_writer *writer = checkpoint->writer;

	checkpoint->writer = NULL;
	return journal_writer_close(writer);
}

void checkpoint_leave(struct checkpoint *checkpoint)
{
	journal_close(checkpoint->journal);
	checkpoint->journal = NULL;
}

void checkpoint_close(struct checkpoint *checkpoint)
{
	cohort_status status = checkpoint_end(checkpoint);

	(void)status;
	journal_close(checkpoint->journal);
	memory_unshare(checkpoint->shared, sizeof(*checkpoint->shared));
	free(checkpoint->done);
	*checkpoint = (struct checkpoint){0};
}
