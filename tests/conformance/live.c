/* on_result gets a result while the rank that has made it is in its next task, which
 * waits for that: by a file, so no machine is too busy. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The tasks' state: on_result makes the file `path` when task `first` is done; the
 * next task, on the same rank, waits for it. */
struct live {
	char path[64];
	size_t first;
};

static int await_file(cohort_task *task, const char *path)
{
	const double begin = now();

	while (access(path, F_OK)) {
		if (now() - begin > 120) /* detects a hang */
			return cohort_task_fail(task, "%s did not come", path);
		nap(0.001);
	}
	return 0;
}

static int await_delivery(cohort_task *task)
{
	const struct live *live = cohort_task_state(task);

	nap(0.001);
	return cohort_task_index(task) == live->first + 1
	           ? await_file(task, live->path)
	           : 0;
}

static int make_file(void *arg, const cohort_result *result)
{
	const struct live *live = arg;
	FILE *file = NULL;

	CHECK(result->status == COHORT_OK, "task %zu: %s", result->index,
	      result->error);
	if (result->index == live->first)
		CHECK((file = fopen(live->path, "w")), "%s", live->path);
	if (file)
		fclose(file);
	return 0;
}

/* An unused path, on all ranks. */
static void find_path(const struct run *run, struct live *live)
{
	int fd = -1;

	if (run->rank == 0) {
		snprintf(live->path, sizeof(live->path),
		         "/tmp/conformance.XXXXXX");
		CHECK((fd = mkstemp(live->path)) >= 0, "mkstemp");
		close(fd);
		unlink(live->path);
	}
	MUST(cohort_bcast(run->group, live->path, sizeof(live->path),
	                  COHORT_INT8, 0));
}

/* A result comes while its rank is in the next task. */
static void checks_live(const struct run *run, bool isolated)
{
	const size_t ranks = (size_t)run->size;
	struct live live = {.first = 2 * (ranks - 1)};
	const cohort_job job = {.execute = await_delivery,
	                        .arg = &live,
	                        .schedule = COHORT_STATIC,
	                        .isolate = isolated,
	                        .on_result = make_file};

	check_case("a result while the sweep runs%s",
	           isolated ? ", isolated" : "");
	find_path(run, &live);
	MUST(cohort_scatter(run->group, &job, NULL, 2 * ranks));
	if (run->rank == 0)
		CHECK(!unlink(live.path), "%s is not there", live.path);
}

enum { SHORT_BYTES = 1000 };

/* The last rank's last task is a long one: it ends when on_result has got the result
 * before it, of a task that took no time. If `root_works`, rank 0's last task ends
 * when that one has begun. */
struct sharing {
	struct live live;
	size_t count;
	size_t share;
	bool root_works;
	char begun[72];
};

static int run_share(cohort_task *task)
{
	struct sharing *sharing = cohort_task_state(task);
	const size_t index = cohort_task_index(task);
	FILE *file;

	memset(cohort_task_result(task, SHORT_BYTES), 'r', SHORT_BYTES);
	if (index + 1 == sharing->count) {
		file = fopen(sharing->begun, "w");
		if (!file || fclose(file))
			return cohort_task_fail(task, "%s", sharing->begun);
		return await_file(task, sharing->live.path);
	}
	return sharing->root_works && index + 1 == sharing->share
	           ? await_file(task, sharing->begun)
	           : 0;
}

/* The results of short tasks do not wait for the long task behind them, also if
 * rank 0 was in a long task itself when they ended. On several machines they
 * may. */
static void checks_short(const struct run *run, size_t share, bool root_works,
                         bool isolated, bool discard)
{
	struct sharing sharing = {.count = share * (size_t)run->size,
	                          .share = share,
	                          .root_works = root_works};
	const cohort_job job = {.execute = run_share,
	                        .arg = &sharing,
	                        .schedule = COHORT_STATIC,
	                        .isolate = isolated,
	                        .discard = discard,
	                        .on_result = make_file};

	if (run->size == 1 || cohort_local_size(run->group) < run->size)
		return;
	check_case("%zu short tasks, and a long one%s%s%s", share - 1,
	           root_works ? ", which rank 0 has too" : "",
	           isolated ? ", isolated" : "", discard ? ", discarded" : "");
	sharing.live.first = sharing.count - 2;
	find_path(run, &sharing.live);
	snprintf(sharing.begun, sizeof(sharing.begun), "%s.begun",
	         sharing.live.path);
	MUST(cohort_scatter(run->group, &job, NULL, sharing.count));
	if (run->rank == 0)
		CHECK(!unlink(sharing.live.path) && !unlink(sharing.begun),
		      "%s is not there", sharing.live.path);
}

enum { LARGE_TASKS = 18, LARGE_BYTES = 3 << 20, FEW_BYTES = 16 };

static int make_large(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	unsigned char *result = cohort_task_result(task, LARGE_BYTES);

	if (!result)
		return cohort_task_fail(task, "no memory");
	memset(result, (int)index + 1, FEW_BYTES);
	memset(result + LARGE_BYTES - FEW_BYTES, (int)index + 1, FEW_BYTES);
	return 0;
}

struct behind {
	const struct run *run;
	bool waits;
	size_t calls;
};

/* All tasks have ended. */
static void await_all(const struct run *run, size_t count)
{
	const double begin = now();
	cohort_counts counts = {0};

	while (counts.done < count) {
		CHECK(now() - begin < 120, "%zu tasks are done", /* hangs */
		      (size_t)counts.done);
		nap(0.001);
		MUST(cohort_progress(run->group, &counts));
	}
}

static int come_behind(void *arg, const cohort_result *result)
{
	struct behind *behind = arg;
	const unsigned char *data = result->data;

	CHECK(result->status == COHORT_OK && result->bytes == LARGE_BYTES,
	      "task %zu: %s", result->index, result->error);
	for (size_t i = 0; i < FEW_BYTES; i++)
		CHECK(data[i] == result->index + 1 &&
		          data[LARGE_BYTES - 1 - i] == result->index + 1,
		      "task %zu: byte %zu", result->index, i);
	if (behind->calls++ == 0 && behind->waits)
		await_all(behind->run, LARGE_TASKS);
	return 0;
}

/* One rank runs all tasks, which have ended before the first call of on_result
 * returns: so it has many bytes of results that come later. Rank 0 cannot count
 * the tasks of other machines during a call: there it does not wait. */
static void checks_behind(const struct run *run, bool isolated, bool idle_root)
{
	struct behind behind = {
	    .run = run, .waits = cohort_local_size(run->group) == run->size};
	const cohort_job job = {.execute = make_large,
	                        .arg = &behind,
	                        .chunk = LARGE_TASKS,
	                        .schedule = COHORT_DYNAMIC,
	                        .isolate = isolated,
	                        .idle_root = idle_root,
	                        .on_result = come_behind};

	check_case("large results behind a slow on_result%s%s",
	           isolated ? ", isolated" : "",
	           idle_root ? ", idle root" : "");
	MUST(cohort_scatter(run->group, &job, NULL, LARGE_TASKS));
	CHECK(behind.calls == (run->rank ? 0 : LARGE_TASKS), "%zu calls",
	      behind.calls);
}

/* What rank 0 has done. */
struct at_once {
	const struct run *run;
	size_t tasks;
	size_t calls; /* of on_result, for these tasks */
};

static int count_task(cohort_task *task)
{
	struct at_once *at_once = cohort_task_state(task);

	if (at_once->run->rank > 0)
		return 0;
	if (at_once->calls != at_once->tasks)
		return cohort_task_fail(task, "%zu calls after %zu tasks",
		                        at_once->calls, at_once->tasks);
	at_once->tasks++;
	return 0;
}

static int count_call(void *arg, const cohort_result *result)
{
	struct at_once *at_once = arg;

	CHECK(result->status == COHORT_OK, "task %zu: %s", result->index,
	      result->error);
	at_once->calls += result->rank == 0;
	return 0;
}

/* No result of rank 0 waits for its next task, however short the tasks are. */
static void checks_at_once(const struct run *run, bool discard)
{
	struct at_once at_once = {.run = run};
	const cohort_job job = {.execute = count_task,
	                        .arg = &at_once,
	                        .discard = discard,
	                        .on_result = count_call};

	check_case("on_result between tasks%s", discard ? ", discarded" : "");
	MUST(cohort_scatter(run->group, &job, NULL, 200));
}

void part_live(const struct run *run)
{
	checks_at_once(run, false);
	checks_at_once(run, true);
	checks_behind(run, true, false);
	checks_behind(run, true, true);
	checks_live(run, false);
	checks_live(run, true);
	for (int i = 0; i < 4; i++) {
		checks_short(run, 3, false, i % 2, i > 1);
		checks_short(run, 800, true, i % 2, i > 1);
	}
}
