/*
 * Every rank counts its tasks on the board anyway (work.c). To ask how far the
 * sweep is costs whoever asks a few loads for each rank, and nobody else
 * anything.
 */
#include "progress.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/worker_stats.h"

/* Groups of mp share a board, and ranks begin a sweep one after another: a
 * tally counts only if it is of the sweep in question. All ranks of a group
 * have begun as many sweeps. */
static uint64_t next_sweep_number(struct progress *progress,
                                  const struct world *world)
{
	return (uint64_t)world->number << 32 | ++progress->sweeps;
}

static void clear_counters(const struct world *world, uint64_t sweep)
{
	struct rank_counters *rank_counters =
	    &world->stats->ranks[world->stats_index];

	atomic_store(&rank_counters->sweep, 0);
	atomic_store(&rank_counters->done, 0);
	atomic_store(&rank_counters->failed, 0);
	atomic_store(&rank_counters->running, 0);
	atomic_store(&rank_counters->steal_slot, 0);
	atomic_store(&rank_counters->sweep, sweep);
}

static void add_counters(const struct world *world, uint64_t sweep,
                         cohort_counts *out)
{
	const struct worker_stats *stats = world->stats;

	out->done = 0;
	out->failed = 0;
	for (int i = 0; i < world->stats_ranks; i++) {
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

void progress_begin(struct progress *progress, const struct world *world,
                    uint64_t total, uint64_t resumed)
{
	struct figures *figures = next_figures(progress);
	const uint64_t sweep = next_sweep_number(progress, world);

	clear_counters(world, sweep);
	atomic_store(&figures->sweep, sweep);
	atomic_store(&figures->total, total);
	atomic_store(&figures->resumed, resumed);
	atomic_store(&figures->done, 0);
	atomic_store(&figures->failed, 0);
	atomic_store(&figures->begin, clock_ns());
	atomic_store(&figures->end, 0);
	atomic_fetch_add(&progress->turn, 1);
}

static void read_figures(const struct world *world,
                         const struct figures *figures, cohort_counts *out)
{
	const int64_t begin = atomic_load(&figures->begin);
	const int64_t end = atomic_load(&figures->end);

	out->total = (size_t)atomic_load(&figures->total);
	out->resumed = (size_t)atomic_load(&figures->resumed);
	out->done = (size_t)atomic_load(&figures->done);
	out->failed = (size_t)atomic_load(&figures->failed);
	if (!end)
		add_counters(world, atomic_load(&figures->sweep), out);
	out->seconds = 1e-9 * (double)((end ? end : clock_ns()) - begin);
}

/* Again only if a sweep has begun or ended meanwhile; nobody is waited for. */
cohort_counts progress_read(const struct progress *progress,
                            const struct world *world)
{
	for (;;) {
		const uint64_t turn = atomic_load(&progress->turn);
		cohort_counts counts = {0};
		if (turn == 0)
			return counts;
		read_figures(world, &progress->figures[turn % 2], &counts);
		if (atomic_load(&progress->turn) == turn)
			return counts;
	}
}

void progress_log(const struct progress *progress, const struct world *world)
{
	const cohort_counts counts = progress_read(progress, world);
	const int seen = world->stats_ranks;
	const double seconds = counts.seconds;

	log_line(LOG_INFO, 0,
	         "sweep: %zu tasks, %zu done, %zu failed, %zu resumed, %.3f s, "
	         "%.4g tasks/s%s",
	         counts.total, counts.done, counts.failed, counts.resumed,
	         seconds, seconds > 0 ? (double)counts.done / seconds : 0.0,
	         seen < world->size ? " (done on this node)" : "");
}

void progress_end(struct progress *progress, const struct world *world)
{
	const uint64_t turn = atomic_load(&progress->turn);
	const struct figures *now = &progress->figures[turn % 2];
	struct figures *last = next_figures(progress);
	cohort_counts counts;

	add_counters(world, atomic_load(&now->sweep), &counts);
	atomic_store(&last->sweep, atomic_load(&now->sweep));
	atomic_store(&last->total, atomic_load(&now->total));
	atomic_store(&last->resumed, atomic_load(&now->resumed));
	atomic_store(&last->done, counts.done);
	atomic_store(&last->failed, counts.failed);
	atomic_store(&last->begin, atomic_load(&now->begin));
	atomic_store(&last->end, clock_ns());
	atomic_fetch_add(&progress->turn, 1);
}
