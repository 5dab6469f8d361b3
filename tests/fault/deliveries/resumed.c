#define _POSIX_C_SOURCE 200809L
#include "jobs.h"
#include "scenes.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

enum {
	MANY = 40000,
	MANY_BYTES = 4096,
	FAILED = 40, /* of them: task 7 of each 1000 */
	STOP_AT = 5000,
	MEMORY_KIB = 100 << 10 /* that a process may use */
};

static int execute_or_fail(cohort_task *task)
{
	const size_t index = cohort_task_index(task);

	return index % 1000 == 7 ? cohort_task_fail(task, "task %zu", index)
	                         : execute_scene(task);
}

/* Every fourth set is another one in the first run. */
static cohort_status sweep_many(const cohort_job *job, uint64_t other)
{
	static uint64_t params[MANY];
	cohort_job kept = *job;

	for (uint64_t i = 0; i < MANY; i++)
		params[i] = i % 4 == 2 ? i + other : i;
	snprintf(journal, sizeof(journal), "%s/journal", getenv("FOLDER"));
	kept.journal = journal;
	kept.param_bytes = sizeof(*params);
	kept.execute = execute_or_fail;
	scene.count = MANY;
	scene.bytes = MANY_BYTES;
	scene.seen = calloc(1, MANY);
	return cohort_scatter(scene.group, &kept, params, MANY);
}

void scene_journal_fills(const cohort_job *job)
{
	if (sweep_many(job, MANY) != COHORT_OK)
		fail("%s", cohort_error());
}

/* Only the quarter may run. */
static void note_all_but_new(void)
{
	static unsigned char noted[MANY];

	for (size_t i = 0; i < MANY; i++)
		noted[i] = i % 4 != 2;
	scene.noted = noted;
}

/* Results that on_result has had are failed ones. Returns their number. */
static size_t check_gathered(const cohort_result *list, size_t count)
{
	char sentence[32];
	size_t failed = 0;

	for (size_t i = 0; i < count; i++) {
		const size_t index = list[i].index;
		if (i > 0 && index <= list[i - 1].index)
			fail("task %zu behind %zu", index, list[i - 1].index);
		snprintf(sentence, sizeof(sentence), "task %zu", index);
		if (index % 1000 != 7 && scene.rank == 0 && scene.seen[index])
			fail("task %zu is gathered, too", index);
		if (index % 1000 != 7)
			check_data(&list[i]);
		else if (list[i].status == COHORT_OK ||
		         strcmp(list[i].error, sentence) != 0)
			fail("task %zu: %s", index, list[i].error);
		failed += index % 1000 == 7;
	}
	return failed;
}

static size_t expect_failed(void)
{
	cohort_results *results;
	size_t count;

	if (cohort_gather(scene.group, &results) != COHORT_OK)
		fail("%s", cohort_error());
	const cohort_result *list = cohort_results_all(results, &count);
	const size_t failed = check_gathered(list, count);
	if (failed != FAILED)
		fail("%zu failed results are gathered", failed);
	cohort_results_free(results);
	return count;
}

void scene_journal_passes(const cohort_job *job)
{
	cohort_counts counts;

	note_all_but_new();
	if (sweep_many(job, 0) != COHORT_OK)
		fail("%s", cohort_error());
	if (cohort_progress(scene.group, &counts) != COHORT_OK)
		fail("%s", cohort_error());
	if (counts.resumed < MANY / 4 * 3 ||
	    counts.resumed + counts.done != MANY)
		fail("%zu of %zu resumed", counts.resumed, counts.done);
	if (scene.rank == 0 && (scene.calls != MANY || scene.failed != FAILED))
		fail("%zu calls, %zu of them for failed tasks", scene.calls,
		     scene.failed);
	expect_memory(MEMORY_KIB);
	if (expect_failed() != FAILED)
		fail("others than failed results are gathered");
}

void scene_journal_stops(const cohort_job *job)
{
	note_all_but_new();
	scene.stop_at = STOP_AT;
	if (sweep_many(job, 0) != COHORT_ESTOPPED)
		fail("%s", cohort_error());
	if (scene.rank == 0 && scene.calls != STOP_AT)
		fail("%zu calls", scene.calls);
	const size_t count = expect_failed();
	/* Failed ones that on_result has had are gathered, too. */
	if (scene.rank == 0 && count != MANY - STOP_AT + scene.failed)
		fail("%zu results are gathered", count);
}

static void cut_files(void)
{
	DIR *folder = opendir(journal);
	struct dirent *entry;
	char path[8192];

	while (folder && (entry = readdir(folder))) {
		snprintf(path, sizeof(path), "%s/%s", journal, entry->d_name);
		if (!strncmp(entry->d_name, "tasks-", 6) &&
		    truncate(path, 1000))
			fail("%s cannot be cut", path);
	}
	if (!folder || closedir(folder))
		fail("cannot read %s", journal);
}

void scene_journal_cut(const cohort_job *job)
{
	scene.act_at = 100;
	scene.act = cut_files;
	const cohort_status status = sweep_many(job, 0);
	if (status != COHORT_ECORRUPT || !strstr(cohort_error(), "tasks-"))
		fail("%s: %s", cohort_status_name(status), cohort_error());
	if (scene.rank == 0 && (scene.calls < 100 || scene.calls == MANY))
		fail("%zu calls", scene.calls);
}
