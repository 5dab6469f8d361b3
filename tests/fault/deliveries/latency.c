#include "clock.h"
#include "outcome.h"
#include "pace.h"
#include "scenes.h"

#include <stdio.h>
#include <stdlib.h>

static double *delays;

/* Rank 0 runs no tasks. If they are isolated it does, in a child. */
static int build_on_others(void *arg, void **state)
{
	*state = arg;
	return scene.rank == 0;
}

static int stamp(cohort_task *task)
{
	double *end = cohort_task_result(task, sizeof(*end));

	nap_for(0.002);
	*end = seconds_now();
	return 0;
}

static int measure(void *arg, const cohort_result *result)
{
	(void)arg;
	delays[scene.calls++] = seconds_now() - *(const double *)result->data;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static void sweep_stamped(const cohort_job *job)
{
	scene.calls = 0;
	const cohort_status status = sweep_scene(job);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
}

/* Rank 0 has no task of its own that could hold a result up, so 99 of 100 are
 * bounded: in one of several sweeps, because a neighbour that takes the core for a
 * few milliseconds is no fault. */
void scene_latency(const cohort_job *job)
{
	const double begin = now();
	const int sweeps = job->idle_root ? 4 : 1;
	cohort_job stamped = *job;
	double least = 0;

	if (scene.rank == 0)
		pace_begin(NULL);
	scene.count = 200;
	if (!job->isolate && !job->idle_root)
		stamped.build = build_on_others;
	stamped.execute = stamp;
	stamped.on_result = measure;
	delays = calloc(scene.count, sizeof(*delays));
	for (int i = 0; i < sweeps; i++) {
		sweep_stamped(&stamped);
		if (scene.rank > 0)
			continue;
		qsort(delays, scene.count, sizeof(*delays), compare);
		const double median = delays[scene.count / 2];
		const double most = delays[scene.count * 99 / 100];
		printf("median %.1f us, 99 %% %.1f us\n", 1e6 * median,
		       1e6 * most);
		const double bounded = job->idle_root ? most : median;
		least = i == 0 || bounded < least ? bounded : least;
	}
	if (scene.rank > 0)
		return;
	const double slowdown = pace_slowdown(begin, now());
	printf("slowdown %.1f\n", slowdown);
	if (least > 1e-3 * slowdown)
		fail("more than a millisecond");
}
