#include "resume.h"

#include "error.h"
#include "memory.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>

/* A journal_take: one task of an earlier run becomes a result of this one. */
static cohort_status take(void *arg, const struct journal_record *from)
{
	struct run *run = arg;
	struct store *store = &run->sweep->store;
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
	bits_add(run->resume.done, (size_t)from->index);
	return store_add(store, &record,
	                 from->status != COHORT_OK ? from->error : NULL);
}

cohort_status resume_open(struct run *run)
{
	struct resume *resume = &run->resume;
	const struct sweep *sweep = run->sweep;
	struct journal_identity identity;
	cohort_status status =
	    journal_identify(sweep->params, sweep->count, sweep->param_bytes,
	                     run->job->seed, &identity);

	resume->done = calloc(1, bits_bytes(sweep->count) + 1);
	if (status == COHORT_OK && !resume->done)
		status = error_sys("cohort_scatter: calloc");
	if (status == COHORT_OK)
		status = journal_open(run->job->journal, &identity,
		                      &resume->journal);
	if (status != COHORT_OK)
		return status;
	resume->id = journal_this_run(resume->journal);
	return journal_read(resume->journal, take, run, &resume->figures);
}

cohort_status resume_begin(struct run *run)
{
	struct resume *resume = &run->resume;

	resume->shared = memory_share(sizeof(*resume->shared));
	if (!resume->shared)
		return error_sys("cohort_scatter: mmap");
	return journal_writer_open(run->job->journal, &resume->id,
	                           run->group->world->rank, resume->shared,
	                           &resume->writer);
}

void resume_write(struct resume *resume, const struct store *store,
                  const struct store_mark *at)
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
	cohort_status status = journal_write(resume->writer, &written);
	(void)status;
}

cohort_status resume_end(struct resume *resume)
{
	struct journal_writer *writer = resume->writer;

	resume->writer = NULL;
	return journal_writer_close(writer);
}

void resume_leave(struct resume *resume)
{
	journal_close(resume->journal);
	resume->journal = NULL;
}

void resume_close(struct resume *resume)
{
	cohort_status status = resume_end(resume);

	(void)status;
	journal_close(resume->journal);
	memory_unshare(resume->shared, sizeof(*resume->shared));
	free(resume->done);
	*resume = (struct resume){0};
}
