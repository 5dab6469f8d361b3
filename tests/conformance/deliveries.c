/* on_result: once for each result, on rank 0, in order where that is asked for, the
 * journal's results first. It stops the sweep. */
#define _POSIX_C_SOURCE 200809L
#include "parts.h"
#include "pattern.h"
#include "schedules.h"
#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The job's arg, and the tasks' state: `work` comes first. */
struct watched {
	struct work work;
	const struct run *run;
	const cohort_job *job;
	unsigned char *seen; /* by index: on_result was called for it */
	unsigned char *kept; /* those that the journal has; NULL: none */
	size_t calls;
	size_t resumed; /* number of `kept` */
	size_t next;    /* with job.ordered: no lower index comes any more */
	size_t stop_at; /* the call that stops the sweep; 0: none */
};

static void watch_one(struct watched *watched, const cohort_result *result)
{
	const struct run *run = watched->run;
	const size_t index = result->index;

	CHECK(run->rank == 0, "on_result on rank %d", run->rank);
	CHECK(index < watched->work.count, "task %zu of %zu", index,
	      watched->work.count);
	CHECK(!watched->seen[index], "task %zu comes twice", index);
	watched->seen[index] = 1;
	if (watched->job->ordered)
		CHECK(index >= watched->next, "task %zu comes after %zu", index,
		      watched->next - 1);
	else if (watched->kept)
		CHECK((watched->calls < watched->resumed) ==
		          (watched->kept[index] != 0),
		      "call %zu is for task %zu", watched->calls, index);
	watched->next = index + 1;
	watched->calls++;
}

static int watch(void *arg, const cohort_result *result)
{
	struct watched *watched = arg;

	watch_one(watched, result);
	if (watched->work.count > 1)
		work_check(watched->run, &watched->work, result, 1);
	return watched->calls == watched->stop_at ? 7 : 0;
}

static struct watched watched_of(const struct run *run, struct work work,
                                 cohort_job *job)
{
	*job = work_job(&work, COHORT_SCHEDULE_DEFAULT, 0);
	job->on_result = watch;
	return (struct watched){
	    .work = work,
	    .run = run,
	    .job = job,
	    .seen = memset(check_alloc(work.count + 1), 0, work.count + 1),
	};
}

/* Those that have failed. */
static void check_gathered(const struct run *run, const struct work *work,
                           bool resumed)
{
	cohort_results *results;
	size_t expected = 0;
	size_t count;
	size_t local;
	int64_t sum = 0;

	for (size_t i = 0; i < work->count; i++)
		expected += work->failing && i % 3 == 1;
	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	CHECK(count == expected, "%zu results, not %zu", count, expected);
	for (size_t i = 0; i < count; i++)
		CHECK(all[i].index == 3 * i + 1 &&
		          all[i].status == COHORT_ETASK,
		      "result %zu: task %zu", i, all[i].index);
	if (work->count > 1)
		for (size_t i = 0; i < count; i++)
			work_check(run, work, &all[i], 1);
	cohort_results_local(results, &local);
	const int64_t mine = (int64_t)local;
	MUST(cohort_allreduce(run->group, &mine, &sum, 1, COHORT_INT64,
	                      COHORT_SUM));
	CHECK(resumed ? sum < (int64_t)expected : sum == (int64_t)expected,
	      "%lld local results", (long long)sum);
	cohort_results_free(results);
	MUST(cohort_gather_to_root(run->group, &results));
	cohort_results_all(results, &count);
	CHECK(count == (run->rank == 0 ? expected : 0), "%zu results", count);
	cohort_results_free(results);
}

static void checks_all(const struct run *run, struct work work,
                       cohort_schedule schedule, size_t chunk, bool ordered,
                       bool discard)
{
	cohort_job job;
	struct watched watched = watched_of(run, work, &job);

	check_case("on_result of %zu tasks, schedule %d, chunk %zu%s%s%s",
	           work.count, (int)schedule, chunk, ordered ? ", ordered" : "",
	           discard ? ", discarded" : "",
	           work.isolated ? ", isolated" : "");
	job.arg = &watched;
	job.schedule = schedule;
	job.chunk = chunk;
	job.ordered = ordered;
	job.discard = discard;
	if (discard)
		work_scatter(run, &watched.work, &job);
	else
		work_do(run, &watched.work, &job);
	CHECK(watched.calls == (run->rank ? 0 : work.count), "%zu calls",
	      watched.calls);
	if (discard)
		check_gathered(run, &watched.work, false);
	free(watched.seen);
}

static void checks_schedules(const struct run *run)
{
	static const size_t counts[] = {101, 1, 0, 2, 7, 401};
	static const size_t chunks[] = {0, 3, 1};
	const size_t some = run->quick ? 1 : sizeof(counts) / sizeof(*counts);
	size_t next = 0;

	/* In a slow run each schedule has one kind of isolated sweep. */
	for (int s = COHORT_SCHEDULE_DEFAULT; s < SCHEDULES_END; s++)
		for (size_t i = 0; i < 8 * some; i++) {
			const size_t count = counts[i / 8];
			const bool isolated = i % 4 > 1;
			const size_t kind = i % 2 + (i % 8 > 3 ? 2 : 0);
			if (run->slow && isolated && kind != (size_t)s % 4)
				continue;
			const struct work work = {.seed = count,
			                          .count = count,
			                          .param_bytes = count % 9,
			                          .failing = count % 2 == 1,
			                          .isolated = isolated};
			checks_all(run, work, (cohort_schedule)s,
			           chunks[next++ % 3], i % 2, i % 8 > 3);
		}
	if (!run->quick)
		for (int i = 0; i < 4; i++)
			checks_all(run, (struct work){.count = 20000},
			           COHORT_DYNAMIC, 0, i % 2, i > 1);
}

/* Which results cohort_gather has. Returns their number. */
static size_t find_kept(const struct run *run, struct watched *watched)
{
	cohort_results *results;
	size_t count;
	size_t kept = 0;

	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &count);
	CHECK(count == watched->work.count, "%zu results", count);
	for (size_t i = 0; i < count; i++) {
		const bool done = all[i].rank >= 0;
		kept += done;
		if (watched->kept)
			watched->kept[i] = done;
		if (done)
			work_check(run, &watched->work, &all[i], 1);
		else
			CHECK(all[i].status == COHORT_ESTOPPED &&
			          strstr(all[i].error, "on_result returned 7"),
			      "task %zu: %s: %s", i,
			      cohort_status_name(all[i].status), all[i].error);
		CHECK(done || !watched->seen[i], "task %zu was seen", i);
	}
	cohort_results_free(results);
	return kept;
}

static int slow(cohort_task *task)
{
	nap(0.0005);
	(void)task;
	return 0;
}

static int watch_and_stop(void *arg, const cohort_result *result)
{
	struct watched *watched = arg;

	watch_one(watched, result);
	return watched->calls == watched->stop_at ? 7 : 0;
}

/* Then it is not called again, and what was run can be gathered. */
static void checks_stop(const struct run *run, bool ordered, bool isolated,
                        bool discard)
{
	const size_t count = 2000 * (size_t)run->size;
	cohort_job job;
	struct watched watched =
	    watched_of(run, (struct work){.count = count}, &job);
	cohort_results *results;
	size_t found;
	size_t done = 0;

	check_case("on_result stops the sweep%s%s%s",
	           ordered ? ", ordered" : "", isolated ? ", isolated" : "",
	           discard ? ", discarded" : "");
	job.discard = discard;
	job.arg = &watched;
	job.execute = slow;
	job.ordered = ordered;
	job.isolate = isolated;
	job.on_result = watch_and_stop;
	watched.stop_at = 5;
	CHECK_STATUS(COHORT_ESTOPPED,
	             cohort_scatter(run->group, &job, NULL, count));
	CHECK_NAMES("on_result returned 7 for task ");
	CHECK(watched.calls == (run->rank ? 0 : 5), "%zu calls", watched.calls);
	MUST(cohort_gather(run->group, &results));
	const cohort_result *all = cohort_results_all(results, &found);
	for (size_t i = 0; i < found; i++)
		done += all[i].status == COHORT_OK;
	/* What it has seen is gone, and the rest is there. */
	CHECK(discard || done >= 5, "%zu tasks were run", done);
	for (size_t i = 0; discard && i < found; i++)
		CHECK(all[i].status == COHORT_OK && !watched.seen[all[i].index],
		      "task %zu was seen", all[i].index);
	cohort_results_free(results);
	free(watched.seen);
}

/* On rank 0; all ranks learn its path. */
static void make_folder(const struct run *run, char path[], size_t bytes)
{
	if (run->rank == 0) {
		snprintf(path, bytes, "/tmp/conformance.XXXXXX");
		CHECK(mkdtemp(path) != NULL, "mkdtemp");
	}
	MUST(cohort_bcast(run->group, path, bytes, COHORT_INT8, 0));
}

static void remove_folder(const struct run *run, const char *path)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -r '%s'", path);
	if (run->rank == 0)
		CHECK(system(command) == 0, "%s", command);
}

static void checks_resumed(const struct run *run, bool ordered, bool isolated,
                           bool discard)
{
	const struct work work = {.seed = 9,
	                          .count = 300,
	                          .param_bytes = 8,
	                          .failing = true,
	                          .isolated = isolated};
	cohort_job job;
	struct watched watched = watched_of(run, work, &job);
	char folder[64] = "";

	check_case("on_result, stopped and resumed%s%s%s",
	           ordered ? ", ordered" : "", isolated ? ", isolated" : "",
	           discard ? ", discarded" : "");
	make_folder(run, folder, sizeof(folder));
	watched.kept = check_alloc(work.count);
	job.arg = &watched;
	job.journal = folder;
	job.ordered = ordered;
	job.schedule = COHORT_STATIC;
	watched.stop_at = 20;
	memset(watched.kept, 0, work.count);
	unsigned char *params = check_alloc(work.count * work.param_bytes);
	pattern_fill(params, 0, work.count * work.param_bytes, work.seed);
	CHECK_STATUS(COHORT_ESTOPPED,
	             cohort_scatter(run->group, &job, params, work.count));
	watched.resumed = find_kept(run, &watched);
	CHECK(watched.resumed >= 20, "%zu tasks were run", watched.resumed);
	memset(watched.seen, 0, work.count);
	watched.calls = 0;
	watched.next = 0;
	watched.stop_at = 0;
	job.discard = discard;
	MUST(cohort_scatter(run->group, &job, params, work.count));
	if (discard)
		check_gathered(run, &watched.work, true);
	CHECK(watched.calls == (run->rank ? 0 : work.count), "%zu calls",
	      watched.calls);
	remove_folder(run, folder);
	free(params);
	free(watched.kept);
	free(watched.seen);
}

static size_t mixed_bytes(size_t index)
{
	static const size_t sizes[] = {0, 8, 1000, 1 << 20};

	return sizes[index % 4];
}

static int make_mixed(cohort_task *task)
{
	const size_t index = cohort_task_index(task);
	const size_t bytes = mixed_bytes(index);

	pattern_fill(cohort_task_result(task, bytes), 0, bytes, index);
	return 0;
}

static int check_mixed(void *arg, const cohort_result *result)
{
	size_t *calls = arg;

	CHECK(result->bytes == mixed_bytes(result->index), "%zu bytes",
	      result->bytes);
	pattern_check(result->data, 0, result->bytes, result->index,
	              "a result");
	++*calls;
	return 0;
}

static void checks_sizes(const struct run *run, bool isolated, bool ordered,
                         bool discard)
{
	const size_t count = run->quick ? 12 : 40;
	size_t calls = 0;
	const cohort_job job = {.execute = make_mixed,
	                        .arg = &calls,
	                        .isolate = isolated,
	                        .ordered = ordered,
	                        .discard = discard,
	                        .on_result = check_mixed};

	check_case("results of 0 bytes to 1 MiB%s%s%s",
	           isolated ? ", isolated" : "", ordered ? ", ordered" : "",
	           discard ? ", discarded" : "");
	MUST(cohort_scatter(run->group, &job, NULL, count));
	CHECK(calls == (run->rank ? 0 : count), "%zu calls", calls);
}

/* Tasks that crash, and are tried again: only the last attempt comes. */
static int crash_first(cohort_task *task)
{
	const size_t index = cohort_task_index(task);

	if (index % 3 == 1 && cohort_task_attempt(task) < (int)(index % 4))
		_exit(3);
	memcpy(cohort_task_result(task, sizeof(index)), &index, sizeof(index));
	return 0;
}

static int check_attempts(void *arg, const cohort_result *result)
{
	struct watched *watched = arg;
	const size_t index = result->index;
	const size_t crashes = index % 3 == 1 ? index % 4 : 0;

	watch_one(watched, result);
	CHECK(result->status == (crashes > 1 ? COHORT_ETASK : COHORT_OK),
	      "task %zu: %s", index, result->error);
	CHECK(result->attempts == (crashes > 0 ? 2 : 1), "task %zu: %d", index,
	      result->attempts);
	return 0;
}

static void checks_attempts(const struct run *run, bool ordered, bool discard)
{
	const size_t count = run->quick ? 24 : 60;
	cohort_job job;
	struct watched watched =
	    watched_of(run, (struct work){.count = count}, &job);

	check_case("on_result of tasks that crash%s",
	           ordered ? ", ordered" : "");
	job.execute = crash_first;
	job.on_result = check_attempts;
	job.arg = &watched;
	job.isolate = true;
	job.retries = 1;
	job.ordered = ordered;
	job.discard = discard;
	MUST(cohort_scatter(run->group, &job, NULL, count));
	CHECK(watched.calls == (run->rank ? 0 : count), "%zu calls",
	      watched.calls);
	free(watched.seen);
}

void part_deliveries(const struct run *run)
{
	checks_schedules(run);
	for (int i = 0; i < 4; i++) {
		checks_stop(run, i % 2, false, i > 1);
		checks_resumed(run, i % 2, false, i > 1);
		checks_sizes(run, false, i % 2, i > 1);
		if (run->slow && i % 3)
			continue;
		checks_stop(run, i % 2, true, i > 1);
		checks_resumed(run, i % 2, true, i > 1);
		checks_sizes(run, true, i % 2, i > 1);
		checks_attempts(run, i % 2, i > 1);
	}
}
