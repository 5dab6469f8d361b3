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

void part_live(const struct run *run)
{
	checks_live(run, false);
	checks_live(run, true);
	for (int i = 0; i < 4; i++) {
		checks_short(run, 3, false, i % 2, i > 1);
		checks_short(run, 800, true, i % 2, i > 1);
	}
}
