/*
 * Every rank counts its tasks in the worker_stats anyway (worker.c). Whoever
 * asks for the progress adds these counters up: a few loads for each rank of
 * this machine. The ranks that run tasks pay nothing.
 */
#include "progress.h"

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/plural.h"
#include "common/base/worker_stats.h"

/* One sweep. While it runs, `done` and `failed` are 0, and the counters of the
 * ranks have these numbers. */
struct sweep_figures {
	uint64_t sweep; /* the number that its ranks' counters carry */
	uint64_t total;
	uint64_t resumed;
	uint64_t done; /* when it ended */
	uint64_t failed;
	int64_t begin; /* monotonic, in ns */
	int64_t end;   /* 0: it runs */
};

_Static_assert(sizeof(struct sweep_figures) <= DOUBLE_BUFFER_BYTES,
               "the figures fit a double buffer");

/* The same on all ranks of a group, and another for each sweep: the groups of
 * mp share their counters, and ranks begin a sweep one after another, so a
 * rank's counters are only read if they carry the number of the sweep in
 * question. */
static uint64_t next_sweep_number(struct progress *progress,
                                  const struct world *world)
{
	return (uint64_t)world->number << 32 | ++progress->sweeps;
}

static void clear_counters(struct rank_counters *counters, uint64_t sweep)
{
	atomic_store(&counters->sweep, 0);
	counter_write(&counters->done, 0);
	counter_write(&counters->failed, 0);
	counter_write(&counters->running, 0);
	atomic_store(&counters->steal_slot, 0);
	atomic_store(&counters->sweep, sweep);
}

static void add_counters(const struct rank_counters *counters,
                         struct sweep_figures *figures)
{
	if (atomic_load(&counters->sweep) != figures->sweep)
		return;
	/* In this order, since a task first fails and then is done. */
	figures->done += counter_read(&counters->done);
	figures->failed += counter_read(&counters->failed);
}

/* The tasks that all ranks of this machine have done in figures->sweep; on
 * rank 0, also those of other machines. */
static void add_all_counters(const struct world *world,
                             struct sweep_figures *figures)
{
	for (int i = 0; i < world->stats_ranks; i++)
		add_counters(&world->stats->ranks[i], figures);
	if (world->elsewhere)
		add_counters(world->elsewhere, figures);
	if (figures->failed > figures->done)
		figures->failed = figures->done;
}

void progress_begin(struct progress *progress, const struct world *world,
                    uint64_t total, uint64_t resumed)
{
	const struct sweep_figures figures = {
	    .sweep = next_sweep_number(progress, world),
	    .total = total,
	    .resumed = resumed,
	    .begin = clock_ns(),
	};

	clear_counters(&world->stats->ranks[world->stats_index], figures.sweep);
	if (world->elsewhere)
		clear_counters(world->elsewhere, figures.sweep);
	double_buffer_write(&progress->figures, &figures, sizeof(figures));
}

void progress_end(struct progress *progress, const struct world *world)
{
	struct sweep_figures figures;

	if (!double_buffer_read(&progress->figures, &figures, sizeof(figures)))
		return;
	add_all_counters(world, &figures);
	figures.end = clock_ns();
	double_buffer_write(&progress->figures, &figures, sizeof(figures));
}

/* Repeats only if a sweep has begun or ended meanwhile: the counters may then
 * be those of another sweep than the figures. */
cohort_counts progress_read(const struct progress *progress,
                            const struct world *world)
{
	struct sweep_figures figures;
	uint64_t turn;

	do {
		turn = double_buffer_turn(&progress->figures);
		if (!double_buffer_read(&progress->figures, &figures,
		                        sizeof(figures)))
			return (cohort_counts){0};
		if (!figures.end)
			add_all_counters(world, &figures);
	} while (double_buffer_turn(&progress->figures) != turn);

	/* A task that is run again, because its rank has died, counts once. */
	const uint64_t most = figures.total - figures.resumed;
	if (figures.done > most)
		figures.done = most;
	const int64_t until = figures.end ? figures.end : clock_ns();
	return (cohort_counts){
	    .total = (size_t)figures.total,
	    .resumed = (size_t)figures.resumed,
	    .done = (size_t)figures.done,
	    .failed = (size_t)figures.failed,
	    .seconds = 1e-9 * (double)(until - figures.begin),
	};
}

void progress_log(const struct progress *progress, const struct world *world)
{
	const cohort_counts counts = progress_read(progress, world);
	const double seconds = counts.seconds;

	log_line(
	    LOG_INFO, 0,
	    "sweep: %zu task%s, %zu done, %zu failed, %zu resumed, %.3f s, "
	    "%.4g tasks/s",
	    counts.total, plural(counts.total), counts.done, counts.failed,
	    counts.resumed, seconds,
	    seconds > 0 ? (double)counts.done / seconds : 0.0);
}
