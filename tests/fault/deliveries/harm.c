#include "outcome.h"
#include "scenes.h"

void scene_scribbles(const cohort_job *job)
{
	scene.count = 200;
	scene.bytes = job->ordered && job->discard ? 1 << 20 : 10000;
	scene.fatal = 101;
	scene.scribbles = true;
	const cohort_status status = sweep_scene(job);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_all_called();
}

void scene_scribbles_twice(const cohort_job *job)
{
	scene.first = 0.3;
	scene.first_too = true;
	scene_scribbles(job);
}

void scene_scribbles_and_dies(const cohort_job *job)
{
	scene.count = 200;
	scene.bytes = 1000;
	scene.first = 0.2;
	scene.first_too = true;
	scene.fatal = 101;
	scene.fuse = 0.4;
	const cohort_status status = sweep_scene(job);
	if (status != COHORT_EPEER)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_all_called();
	expect_gathered();
}

static void restore(const cohort_job *job, size_t bytes)
{
	cohort_job restored = *job;

	scene.count = 201;
	scene.bytes = bytes;
	scene.fatal = 76;
	restored.execute = execute_restored;
	restored.on_result = on_restored_result;
	const cohort_status status = sweep_scene(&restored);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_all_called();
}

void scene_restored(const cohort_job *job)
{
	restore(job, 10000);
}

void scene_restored_small(const cohort_job *job)
{
	restore(job, 100);
}
