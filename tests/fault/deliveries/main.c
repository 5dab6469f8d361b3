/*
 * delivered SCENE [FLAG...]
 *
 * One scene of a sweep with an on_result in which something ends that should not.
 * Flags: ordered, discard, isolate, idle_root, static. Prints a line with `passed` or with
 * FAILED; cases.sh says how the program must end.
 */
#define _GNU_SOURCE
#include "jobs.h"
#include "scenes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static cohort_job job_of(int count, char *flags[])
{
	cohort_job job = {.execute = execute_scene,
	                  .on_result = on_scene_result};

	for (int i = 0; i < count; i++) {
		job.ordered |= !strcmp(flags[i], "ordered");
		job.discard |= !strcmp(flags[i], "discard");
		job.isolate |= !strcmp(flags[i], "isolate");
		job.idle_root |= !strcmp(flags[i], "idle_root");
		if (!strcmp(flags[i], "static"))
			job.schedule = COHORT_STATIC;
	}
	scene.ordered = job.ordered;
	return job;
}

static const struct {
	const char *name;
	void (*play)(const cohort_job *job);
} scenes[] = {
#define SCENE_ROW(name) {#name, scene_##name},
    SCENE_MAP(SCENE_ROW)
#undef SCENE_ROW
};

static void play(const char *name, const cohort_job *job)
{
	for (size_t i = 0; i < sizeof(scenes) / sizeof(*scenes); i++)
		if (!strcmp(scenes[i].name, name)) {
			scenes[i].play(job);
			return;
		}
	fail("no scene is called %s", name);
}

int main(int argc, char *argv[])
{
	if (argc < 2)
		fail("usage: delivered SCENE [FLAG...]");
	const cohort_job job = job_of(argc - 2, argv + 2);
	scene.root = getpid();
	if (cohort_open(NULL, &scene.group) != COHORT_OK)
		fail("%s", cohort_error());
	scene.rank = cohort_rank(scene.group);
	play(argv[1], &job);
	const cohort_status status = cohort_close(scene.group);
	if (status != COHORT_OK && status != COHORT_EPEER)
		fail("cohort_close: %s", cohort_error());
	if (scene.rank == 0)
		printf("passed\n");
	return EXIT_SUCCESS;
}
