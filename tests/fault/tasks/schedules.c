/* Every task runs once, and no rank waits for the one that has the long task.
 * Nothing is timed: the long task ends when the others have ended. */
#include "cases.h"
#include "sweep.h"

#include <stdint.h>
#include <string.h>

void case_every_task_once(void)
{
	static const struct failing none = {0};
	static const size_t chunks[] = {0, 1, 3, 16, 1000, SIZE_MAX};
	static const size_t counts[] = {1, 2, 3, 17, 64, 257};
	enum { CHUNKS = sizeof(chunks) / sizeof(*chunks) };

	for (size_t i = 0; i < 3 * CHUNKS * 2; i++) {
		const size_t count = counts[(i * 7 + i / CHUNKS) % CHUNKS];
		struct gathered gathered = sweep_run(
		    (cohort_job){.execute = task_plain,
		                 .isolate = i >= 3 * CHUNKS,
		                 .schedule =
		                     (cohort_schedule)(COHORT_STATIC + i % 3),
		                 .chunk = chunks[i / 3 % CHUNKS]},
		    count);
		sweep_expect(&gathered, count, &none);
	}
}

/* HANG_SECONDS detects a hang, and bounds nothing. */
enum { SKEWED = 128, HANG_SECONDS = 120 };

static int awaited; /* tasks that end before the long one does */

static int be_long_or_short(cohort_task *task)
{
	const double begin = now();

	task_begins(task);
	if (cohort_task_index(task) == 0)
		while (atomic_load(&here.shared->done) < awaited &&
		       now() < begin + HANG_SECONDS)
			nap(1e-3);
	return task_ends(task);
}

/* The rank that has the long task runs at most `most` tasks. */
static void skew(cohort_schedule schedule, size_t chunk, bool isolate, int most)
{
	static const struct failing none = {0};
	int mine = 0;

	awaited = here.size > 1 ? SKEWED - most : 0;
	struct gathered gathered =
	    sweep_run((cohort_job){.execute = be_long_or_short,
	                           .isolate = isolate,
	                           .schedule = schedule,
	                           .chunk = chunk},
	              SKEWED);
	const int rank = gathered.all[0].rank;
	EXPECT(gathered.all[0].seconds < HANG_SECONDS,
	       "schedule %d, chunk %zu: the others wait for rank %d",
	       (int)schedule, chunk, rank);
	for (size_t i = 0; i < gathered.count; i++)
		mine += gathered.all[i].rank == rank;
	if (awaited > 0)
		EXPECT(mine <= SKEWED - awaited,
		       "schedule %d, chunk %zu: %d tasks on the busy rank %d",
		       (int)schedule, chunk, mine, rank);
	sweep_expect(&gathered, SKEWED, &none);
}

/* A node draws batches of tickets. The largest batch is its part of half of the
 * tickets. */
static int largest_batch(int chunk)
{
	return here.nodes == 1 ? chunk
	                       : (SKEWED / chunk / 2 / here.nodes + 1) * chunk;
}

void case_skewed(void)
{
	/* The first chunk of a guided sweep: half of all tasks, split over the
	 * ranks, and some for rounding. With several nodes a rank may get any
	 * number of tasks with it. */
	const int first = here.nodes == 1 ? SKEWED / 2 / here.size + 4 : SKEWED;

	for (int i = 0; i < 2; i++) {
		skew(COHORT_DYNAMIC, 0, i, largest_batch(1));
		skew(COHORT_DYNAMIC, 1, i, largest_batch(1));
		skew(COHORT_DYNAMIC, 10, i, largest_batch(10));
		skew(COHORT_GUIDED, 0, i, first);
		skew(COHORT_GUIDED, 4, i, first);
		skew(COHORT_STATIC, 0, i, SKEWED / here.size + 1);
	}
}

enum { CLUMP_FIRST = 300, SHORT = 1000 };

/* The long ones end when each rank has begun one. */
static int be_in_clump(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	const double begin = now();

	task_begins(task);
	if (index < CLUMP_FIRST || index >= CLUMP_FIRST + (size_t)here.size)
		return task_ends(task);
	atomic_fetch_add(&here.shared->note, 1);
	while (atomic_load(&here.shared->note) < here.size &&
	       now() < begin + HANG_SECONDS)
		nap(1e-3);
	return task_ends(task);
}

/* A few long tasks in a row, after tasks so short that a rank claims several at
 * once: other ranks take the long ones from it. */
void case_clump(void)
{
	static const struct failing none = {0};

	/* The tasks of a batch stay on their node. */
	if (here.nodes > 1)
		return;
	for (int i = 0; i < 2; i++) {
		struct gathered gathered =
		    sweep_run((cohort_job){.execute = be_in_clump,
		                           .isolate = i == 1,
		                           .schedule = COHORT_DYNAMIC},
		              SHORT);
		for (size_t k = 0; k < gathered.count; k++)
			EXPECT(gathered.all[k].seconds < HANG_SECONDS,
			       "task %zu, of rank %d, waits for one that has "
			       "not begun",
			       k, gathered.all[k].rank);
		sweep_expect(&gathered, SHORT, &none);
	}
}

/* One sweep directly after another. */
void case_in_a_row(void)
{
	const cohort_job job = {.execute = task_plain,
	                        .param_bytes = sizeof(uint64_t),
	                        .isolate = true};
	enum { MANY = 20 };

	barrier();
	if (here.rank == 0)
		memset(here.shared, 0, sizeof(*here.shared));
	barrier();
	for (size_t i = 0; i < MANY; i++)
		MUST(cohort_scatter(here.group, &job, sweep_params(), i % 8));
	barrier();
	EXPECT(here.shared->done == 7 * 8 / 2 * (MANY / 8) + 3 * 4 / 2, "%d",
	       here.shared->done);
}
