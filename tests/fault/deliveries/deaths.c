#define _POSIX_C_SOURCE 200809L
#include "outcome.h"
#include "scenes.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

void scene_rank_dies(const cohort_job *job)
{
	scene.count = 300;
	scene.bytes = 1024;
	scene.seconds = 0.0005;
	scene.fatal = 170;
	const cohort_status status = sweep_scene(job);
	if (status != COHORT_EPEER)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_calls(scene.count, 1);
}

void scene_awaited_dies(const cohort_job *job)
{
	scene.count = 400;
	scene.bytes = 1 << 20;
	scene.fatal = 134; /* the first of rank 1 */
	scene.fuse = 0.3;
	const cohort_status status = sweep_scene(job);
	if (status != COHORT_EPEER)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_calls(scene.count, 1);
}

void scene_stopped_dies(const cohort_job *job)
{
	cohort_results *results;
	size_t count;
	size_t waited = 0;

	scene.count = 300;
	scene.bytes = 1000;
	scene.first = 0.5;
	scene.fatal = 101;
	scene.fuse = 0.1;
	scene.stop_at = 5;
	const cohort_status status = sweep_scene(job);
	if (status != COHORT_EPEER)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	expect_calls(5, 0);
	if (cohort_gather(scene.group, &results) != COHORT_OK)
		fail("cohort_gather: %s", cohort_error());
	const cohort_result *all = cohort_results_all(results, &count);
	for (size_t i = 0; i < count; i++)
		if (all[i].index >= 200 && all[i].status == COHORT_OK) {
			check_data(&all[i]);
			waited++;
		}
	if (waited != 100)
		fail("%zu of the results that waited are there", waited);
	cohort_results_free(results);
}

static void die(void)
{
	raise(SIGKILL);
}

static void leave(void)
{
	exit(3);
}

static void leave_thread(void)
{
	pthread_exit(NULL);
}

/* on_result ends rank 0, while the others run tasks or wait for room. */
static void scene_root_ends(const cohort_job *job, void (*how)(void))
{
	scene.count = 100000;
	scene.bytes = 100000;
	scene.act_at = 300;
	scene.act = how;
	scene.slow = 0.001;
	const cohort_status status = sweep_scene(job);
	if (scene.rank == 0 || status != COHORT_EPEER)
		fail("%s: %s", cohort_status_name(status), cohort_error());
}

void scene_root_dies(const cohort_job *job)
{
	scene_root_ends(job, die);
}

void scene_root_leaves(const cohort_job *job)
{
	scene_root_ends(job, leave);
}

void scene_root_thread(const cohort_job *job)
{
	scene_root_ends(job, leave_thread);
}
