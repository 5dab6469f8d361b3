#include "checkpoint.h"

#include "common/base/bit_set.h"
#include "common/base/error.h"
#include "common/base/memory.h"
#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "common/journal/identity.h"
#include "common/journal/key_table.h"
#include "todo.h"

#include <stdlib.h>
#include <string.h>

/* A journal_take: a task of an earlier run becomes a result of this one. */
static cohort_status load_record(void *arg, const struct journal_record *from)
{
	struct sweep *sweep = arg;
	struct result_store *store = &sweep->store;
	struct record record = {
	    .index = from->index,
	    .seconds = from->seconds,
	    .rank = from->rank,
	    .status = (int16_t)from->status,
	    .attempts = from->attempts,
	    .loaded = 1,
	};
	void *data = result_store_result(store, (size_t)from->bytes);

	if (!data && from->bytes > 0)
		return result_store_lack(store, from->index,
		                         (size_t)from->bytes);
	if (from->bytes > 0)
		memcpy(data, from->data, (size_t)from->bytes);
	return result_store_add(store, &record,
	                        from->status != COHORT_OK ? from->error : NULL);
}

cohort_status checkpoint_open(struct checkpoint *checkpoint,
                              const cohort_job *job, bool unlocked,
                              struct sweep *sweep)
{
	struct journal_sweep wanted = {
	    .sets = sweep_param_sets(sweep),
	    .seed = job->seed,
	    .rebuilt_ok = job->rebuilt_ok,
	    .rerun_failed = job->rerun_failed,
	};
	cohort_status status =
	    journal_identify(sweep->param_bytes, job->identity,
	                     job->identity_bytes, &wanted.identity);

	checkpoint->done = calloc(1, bits_bytes(sweep->count) + 1);
	if (status == COHORT_OK && !checkpoint->done)
		status = error_sys("cohort_scatter: calloc");
	if (status == COHORT_OK)
		status = (unlocked ? journal_open_unlocked : journal_open)(
		    job->journal, &wanted, &checkpoint->journal);
	if (status != COHORT_OK)
		return status;
	checkpoint->id = journal_this_run(checkpoint->journal);
	status = journal_reading_open(checkpoint->journal, &checkpoint->reading,
	                              &checkpoint->figures);
	if (status != COHORT_OK)
		return status;
	journal_reading_mark(checkpoint->reading, checkpoint->done);
	if (job->discard)
		return COHORT_OK;
	status = journal_reading_pass(checkpoint->reading, PASS_LAST,
	                              load_record, sweep);
	checkpoint_end_reading(checkpoint);
	return status;
}

void checkpoint_end_reading(struct checkpoint *checkpoint)
{
	journal_reading_close(checkpoint->reading);
	checkpoint->reading = NULL;
}

cohort_status checkpoint_begin(struct checkpoint *checkpoint,
                               const cohort_job *job, const struct world *world)
{
	const struct journal_peers peers = {
	    .words = &world->stats->journal,
	    .ranks = world->size,
	    .first = world->stats_index == 0,
	};

	checkpoint->flags = job->rerun_failed ? JOURNAL_RERUN : 0;
	checkpoint->shared = memory_share(sizeof(*checkpoint->shared));
	if (!checkpoint->shared)
		return error_sys("cohort_scatter: mmap");
	if (peers.first)
		atomic_store(&world->states->journal_maker, world->rank);
	return journal_writer_share(
	    job->journal, &checkpoint->id, world->rank, checkpoint->shared,
	    world->stats_ranks > 1 ? &peers : NULL, &checkpoint->writer);
}

void checkpoint_ready(struct checkpoint *checkpoint, const struct world *world)
{
	if (checkpoint->writer)
		journal_writer_begin(
		    checkpoint->writer,
		    atomic_load(&world->states->journal_maker));
}

void checkpoint_write(struct checkpoint *checkpoint, const struct sweep *sweep,
                      const struct store_mark *at)
{
	const void *data;
	const char *error;
	size_t offset = at->used;
	const struct record *record =
	    record_read(sweep->store.records, &offset, &data, &error);
	struct journal_record written = {
	    .index = record->index,
	    .bytes = record->bytes,
	    .data = data,
	    .error = error,
	    .seconds = record->seconds,
	    .rank = record->rank,
	    .status = record->status,
	    .attempts = record->attempts,
	    .flags = checkpoint->flags | record->asked,
	};

	const struct param_sets sets = sweep_param_sets(sweep);
	key_of(&sets, record->index, written.digest);
	/* The writer keeps a failure, and checkpoint_end returns it. */
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
	checkpoint_end_reading(checkpoint);
	journal_close(checkpoint->journal);
	memory_unshare(checkpoint->shared, sizeof(*checkpoint->shared));
	free(checkpoint->done);
	*checkpoint = (struct checkpoint){0};
}
