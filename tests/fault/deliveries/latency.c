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

void scene_latency(const cohort_job *job)
{
	const double begin = now();
	cohort_job stamped = *job;

	if (scene.rank == 0)
		pace_begin(NULL);
	scene.count = 200;
	if (!job->isolate && !job->idle_root)
		stamped.build = build_on_others;
	stamped.execute = stamp;
	stamped.on_result = measure;
	delays = calloc(scene.count, sizeof(*delays));
	const cohort_status status = sweep_scene(&stamped);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (scene.rank > 0)
		return;
	qsort(delays, scene.count, sizeof(*delays), compare);
	const double slowdown = pace_slowdown(begin, now());
	const double median = delays[scene.count / 2];
	const double most = delays[scene.count * 99 / 100];
	printf("median %.1f us, 99 %% %.1f us, slowdown %.1f\n", 1e6 * median,
	       1e6 * most, slowdown);
	if ((job->idle_root ? most : median) > 1e-3 * slowdown)
		fail("more than a millisecond");
}
