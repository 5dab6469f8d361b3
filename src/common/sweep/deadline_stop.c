#include "deadline_stop.h"
#include "common/core/group_call.h"

#include "common/base/clock.h"
#include "common/base/worker_stats.h"

double deadline_stop_time(const cohort_job *job)
{
	return job->deadline > 0 ? clock_seconds() + job->deadline : 0;
}

static struct durations *durations_of(const struct sweep_run *run)
{
	return &run->group->world->stats->durations;
}

/* A journal_take. */
static cohort_status add_duration(void *arg, const struct journal_record *from)
{
	durations_add(arg, from->seconds);
	return COHORT_OK;
}

/* The durations of tasks that the journal has, on rank 0. */
static cohort_status add_resumed(const struct sweep_run *run)
{
	const struct result_store *store = &run->sweep->store;
	const void *data;
	const char *error;

	for (size_t offset = 0; offset < store->used;)
		durations_add(
		    durations_of(run),
		    record_read(store->records, &offset, &data, &error)
		        ->seconds);
	return run->checkpoint.reading
	           ? journal_reading_pass(run->checkpoint.reading, PASS_AGAIN,
	                                  add_duration, durations_of(run))
	           : COHORT_OK;
}

cohort_status deadline_stop_prepare(struct sweep_run *run)
{
	struct world *world = run->group->world;

	world->stop_at = run->stop_at;
	if (!run->has_deadline)
		return COHORT_OK;
	if (world->stats_index == 0)
		durations_clear(durations_of(run));
	return world->rank == 0 ? add_resumed(run) : COHORT_OK;
}

cohort_status deadline_stop_begin(struct sweep_run *run)
{
	struct world *world = run->group->world;
	struct {
		double left;
		struct duration_counts resumed;
	} news = {0};

	if (!run->has_deadline || world->nodes <= 1)
		return COHORT_OK;
	if (world->rank == 0) {
		durations_read(durations_of(run), &news.resumed);
		news.left = run->stop_at - clock_seconds();
	}
	const cohort_status status = group_finish(
	    run->group,
	    world->backend->bcast(world, &run->call, &news, sizeof(news)));
	if (status != COHORT_OK || world->rank == 0)
		return status;
	run->stop_at = clock_seconds() + news.left;
	world->stop_at = run->stop_at;
	if (world->stats_index == 0)
		durations_add_counts(durations_of(run), &news.resumed);
	return COHORT_OK;
}

bool deadline_stop_came(const struct sweep_run *run)
{
	const struct world *world = run->group->world;

	return run->has_deadline &&
	       atomic_load_explicit(&world->stats->late_sweep,
	                            memory_order_relaxed) == run->number;
}

/* A task may have overwritten the durations. Then they are forgotten, and the
 * next tasks tell how long tasks take. */
static bool are_believed(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	struct durations *durations = durations_of(run);

	if (durations_are_whole(durations, (uint64_t)world->stats_ranks))
		return true;
	durations_clear(durations);
	return false;
}

/* The quarter needs a look at all bins, which is spared as long as there is
 * time for the longest task. */
bool deadline_stop_forbids(const struct sweep_run *run)
{
	const double left = run->stop_at - clock_seconds();
	const struct durations *durations = durations_of(run);

	if (deadline_stop_came(run))
		return true;
	if (left > 0 && left >= durations_longest(durations))
		return false;
	if (left > 0 &&
	    (left >= durations_slow_quarter(durations) || !are_believed(run)))
		return false;
	atomic_store(&run->group->world->stats->late_sweep, run->number);
	return true;
}
