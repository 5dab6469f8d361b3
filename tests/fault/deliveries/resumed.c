#define _POSIX_C_SOURCE 200809L
#include "resumed.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TASKS = 3000, CALLS = 700 /* until rank 0 is killed */ };

static char journal[4096];

static cohort_status sweep_journaled(const cohort_job *job)
{
	static uint64_t params[TASKS];
	cohort_job kept = *job;

	for (uint64_t i = 0; i < TASKS; i++)
		params[i] = i;
	snprintf(journal, sizeof(journal), "%s/journal", getenv("FOLDER"));
	kept.journal = journal;
	kept.param_bytes = sizeof(*params);
	scene.count = TASKS;
	scene.bytes = 1000;
	scene.seen = calloc(1, TASKS + 1);
	return cohort_scatter(scene.group, &kept, params, TASKS);
}

static int open_notes(int flags)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/notes", getenv("FOLDER"));
	const int file = open(path, flags, 0600);
	if (file < 0)
		fail("cannot open %s", path);
	return file;
}

static void die(void)
{
	raise(SIGKILL);
}

void scene_journal_dies(const cohort_job *job)
{
	if (scene.rank == 0)
		scene.notes = open_notes(O_WRONLY | O_CREAT | O_APPEND);
	scene.endless = TASKS - 1; /* of the last rank */
	scene.act_at = CALLS;
	scene.act = die;
	const cohort_status status = sweep_journaled(job);
	fail("rank %d goes on: %s: %s", scene.rank, cohort_status_name(status),
	     cohort_error());
}

void scene_journal_resumed(const cohort_job *job)
{
	static unsigned char noted[TASKS];
	const int notes = open_notes(O_RDONLY);
	cohort_counts counts;
	size_t index;
	size_t calls = 0;

	for (; read(notes, &index, sizeof(index)) == sizeof(index); calls++)
		noted[index] = 1;
	close(notes);
	scene.noted = noted;
	const cohort_status status = sweep_journaled(job);
	if (status != COHORT_OK)
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (cohort_progress(scene.group, &counts) != COHORT_OK)
		fail("%s", cohort_error());
	if (calls != CALLS || counts.resumed < calls || counts.resumed >= TASKS)
		fail("%zu calls, %zu resumed", calls, counts.resumed);
	if (scene.rank == 0 && (scene.calls != TASKS || scene.failed != 0))
		fail("%zu calls, %zu of them for failed tasks", scene.calls,
		     scene.failed);
}
