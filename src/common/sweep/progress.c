/*
 * Every rank counts its tasks on the board anyway (work.c). To ask how far the
 * sweep is costs whoever asks a few loads for each rank, and nobody else
 * anything.
 */
#include "progress.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/worker_stats.h"
#include "common/core/group.h"
#include "progress_line.h"

/* Groups of mp share a board, and ranks begin a sweep one after another: a
 * tally counts only if it is of the sweep in question. All ranks of a group
 * have begun as many sweeps. */
static uint64_t sweep_number(cohort *group)
{
	return (uint64_t)group->world->number << 32 | ++group->progress.sweeps;
}

static void clear_counters(const cohort *group, uint64_t sweep)
{
	struct rank_counters *rank_counters =
	    &group->world->stats->ranks[group->world->stats_index];

	atomic_store(&rank_counters->sweep, 0);
	atomic_store(&rank_counters->done, 0);
	atomic_store(&rank_counters->failed, 0);
	atomic_store(&rank_counters->running, 0);
	atomic_store(&rank_counters->steal_slot, 0);
	atomic_store(&rank_counters->sweep, sweep);
}

static void add_counters(const cohort *group, uint64_t sweep,
                         cohort_counts *out)
{
	const struct worker_stats *stats = group->world->stats;

	out->done = 0;
	out->failed = 0;
	for (int i = 0; i < group->world->stats_ranks; i++) {
		const struct rank_counters *rank_counters = &stats->ranks[i];
		if (atomic_load(&rank_counters->sweep) != sweep)
			continue;
		/* In this order: a task fails before it is done. */
		out->done += atomic_load(&rank_counters->done);
		out->failed += atomic_load(&rank_counters->failed);
	}
	if (out->failed > out->done)
		out->failed = out->done;
}

/* The figures that are to be written next, and then published. */
static struct figures *next_figures(struct progress *progress)
{
	return &progress->figures[(atomic_load(&progress->turn) + 1) % 2];
}

void progress_begin(cohort *group, uint64_t total, uint64_t resumed)
{
	struct progress *progress = &group->progress;
	struct figures *figures = next_figures(progress);
	const uint64_t sweep = sweep_number(group);

	clear_counters(group, sweep);
	atomic_store(&figures->sweep, sweep);
	atomic_store(&figures->total, total);
	atomic_store(&figures->resumed, resumed);
	atomic_store(&figures->done, 0);
	atomic_store(&figures->failed, 0);
	atomic_store(&figures->begin, clock_ns());
	atomic_store(&figures->end, 0);
	atomic_fetch_add(&progress->turn, 1);
	if (group->world->rank == 0)
		progress->line =
		    progress_line_begin(group, group->progress_mode);
}

static void read_figures(const cohort *group, const struct figures *figures,
                         cohort_counts *out)
{
	const int64_t begin = atomic_load(&figures->begin);
	const int64_t end = atomic_load(&figures->end);

	out->total = (size_t)atomic_load(&figures->total);
	out->resumed = (size_t)atomic_load(&figures->resumed);
	out->done = (size_t)atomic_load(&figures->done);
	out->failed = (size_t)atomic_load(&figures->failed);
	if (!end)
		add_counters(group, atomic_load(&figures->sweep), out);
	out->seconds = 1e-9 * (double)((end ? end : clock_ns()) - begin);
}

/* Again only if a sweep has begun or ended meanwhile; nobody is waited for. */
static cohort_counts read_progress(const cohort *group)
{
	const struct progress *progress = &group->progress;

	for (;;) {
		const uint64_t turn = atomic_load(&progress->turn);
		cohort_counts counts = {0};
		if (turn == 0)
			return counts;
		read_figures(group, &progress->figures[turn % 2], &counts);
		if (atomic_load(&progress->turn) == turn)
			return counts;
	}
}

static void summarise(const cohort *group)
{
	const cohort_counts counts = read_progress(group);
	const int seen = group->world->stats_ranks;
	const double seconds = counts.seconds;

	log_line(LOG_INFO, 0,
	         "sweep: %zu tasks, %zu done, %zu failed, %zu resumed, %.3f s, "
	         "%.4g tasks/s%s",
	         counts.total, counts.done, counts.failed, counts.resumed,
	         seconds, seconds > 0 ? (double)counts.done / seconds : 0.0,
	         seen < group->world->size ? " (done on this node)" : "");
}

void progress_end(cohort *group)
{
	struct progress *progress = &group->progress;
	const uint64_t turn = atomic_load(&progress->turn);
	const struct figures *now = &progress->figures[turn % 2];
	struct figures *last = next_figures(progress);
	cohort_counts counts;

	add_counters(group, atomic_load(&now->sweep), &counts);
	atomic_store(&last->sweep, atomic_load(&now->sweep));
	atomic_store(&last->total, atomic_load(&now->total));
	atomic_store(&last->resumed, atomic_load(&now->resumed));
	atomic_store(&last->done, counts.done);
	atomic_store(&last->failed, counts.failed);
	atomic_store(&last->begin, atomic_load(&now->begin));
	atomic_store(&last->end, clock_ns());
	atomic_fetch_add(&progress->turn, 1);
	progress_line_end(progress->line);
	progress->line = NULL;
	if (group->world->rank == 0)
		summarise(group);
}

cohort_status cohort_progress(const cohort *group, cohort_counts *out)
{
	if (!group || !out)
		return error_set(COHORT_EINVAL,
		                 "cohort_progress: %s is NULL: pass %s",
		                 group ? "out" : "group",
		                 group ? "the address of a cohort_counts"
		                       : "what cohort_open returned");
	*out = read_progress(group);
	return COHORT_OK;
}
