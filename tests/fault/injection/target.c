/*
 * A program that uses the whole library, and checks all data. It stops itself at
 * its start, so that a tracer can begin there; all that follows is the library's,
 * but for the end of the process.
 *
 *   target stop|mark|go journals|none PROGRAM
 *
 * It works in the current directory. VERDICT_FD is a file; see verdict.h. With
 * "mark" it tells its tracer instead (marks.h), with "go" nobody, and then nobody
 * dies, aborts, interrupts or sends a signal. With "none" its sweeps have no journals.
 * PROGRAM:
 *
 *   whole      all calls, and sweeps that signals stop
 *   scoped     the same calls in a scoped group
 *   endings    scoped groups that end by a death or an interrupt
 *   abort, abort-isolated, death, interrupt
 *              a sweep with which the program ends so
 */
#define _GNU_SOURCE
#include "marks.h"
#include "target_endings.h"
#include "target_more.h"
#include "target_report.h"
#include "target_scenes.h"
#include "target_signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { WORDS = 40000, FEW = 5 };

static bool journals;

static void run_bcast(cohort *group, int64_t words[], size_t count)
{
	memset(words, 0, count * sizeof(*words));
	if (cohort_is_root(group))
		fill(words, 0, count);
	if (ok("bcast", cohort_bcast(group, words, count, COHORT_INT64, 0)))
		check_words("bcast", words, 0, count);
}

static void run_gathers(cohort *group, size_t count)
{
	static int64_t send[WORDS];
	static int64_t recv[RANKS_MOST * WORDS];
	size_t counts[RANKS_MOST];
	const int rank = cohort_rank(group);
	const int size = cohort_size(group);

	fill(send, rank, count);
	for (int r = 0; r < size; r++)
		counts[r] = count;
	memset(recv, 0, sizeof(recv));
	if (ok("gatherv", cohort_gatherv(group, send, count, recv, counts,
	                                 COHORT_INT64, 0)) &&
	    rank == 0)
		for (int r = 0; r < size; r++)
			check_words("gatherv", recv + (size_t)r * count, r,
			            count);
	memset(recv, 0, sizeof(recv));
	if (ok("allgatherv", cohort_allgatherv(group, send, count, recv, counts,
	                                       COHORT_INT64)))
		for (int r = 0; r < size; r++)
			check_words("allgatherv", recv + (size_t)r * count, r,
			            count);
}

static void run_allreduce(cohort *group, size_t count)
{
	static int64_t words[WORDS];
	const int size = cohort_size(group);

	fill(words, cohort_rank(group), count);
	if (!ok("allreduce", cohort_allreduce(group, COHORT_IN_PLACE, words,
	                                      count, COHORT_INT64, COHORT_SUM)))
		return;
	for (size_t i = 0; i < count; i++) {
		int64_t sum = 0;
		for (int r = 0; r < size; r++)
			sum += word(r, i);
		if (words[i] != sum) {
			wrong("allreduce: word %zu", i);
			return;
		}
	}
}

static void run_collectives(cohort *group)
{
	static int64_t words[WORDS];

	ok("barrier", cohort_barrier(group));
	for (int round = 0; round < 2; round++) {
		const size_t count = round ? WORDS : FEW;
		run_bcast(group, words, count);
		run_gathers(group, count);
		run_allreduce(group, count);
	}
	int64_t *shared = cohort_alloc(group, WORDS * sizeof(*shared));
	if (!shared)
		failed("alloc", COHORT_ENOMEM, cohort_error());
	run_bcast(group, shared ? shared : words, WORDS);
	cohort_free(group, shared);
}

static void run_gather(cohort *group)
{
	cohort_results *results;
	size_t count;

	if (!ok("gather", cohort_gather(group, &results)))
		return;
	const cohort_result *all = cohort_results_all(results, &count);
	if (count != TASKS)
		wrong("gather: %zu results", count);
	for (size_t i = 0; i < count; i++)
		check_result(&all[i], i);
	cohort_results_free(results);
}

/* Returns whether the journal has all tasks. */
static bool run_sweep(cohort *group, const char *name, const char *journal,
                      bool isolate)
{
	const cohort_job job = {
	    .execute = execute,
	    .param_bytes = sizeof(int),
	    .journal = journals ? journal : NULL,
	    .isolate = isolate,
	    .not_isolated = !isolate,
	    .timeout = isolate ? 1000 : 0,
	};
	int params[TASKS];

	for (int i = 0; i < TASKS; i++)
		params[i] = i;
	const cohort_status status = cohort_scatter(group, &job, params, TASKS);
	if (!ok(name, status) && status != COHORT_EPEER &&
	    status != COHORT_EIO && status != COHORT_ENOMEM &&
	    status != COHORT_ESYS)
		return false;
	run_gather(group);
	return status == COHORT_OK;
}

static void run_sweeps(cohort *group)
{
	cohort_counts counts;

	ok("stop_on_signals", cohort_stop_on_signals(group));
	run_sweep(group, "scatter", "own", false);
	const bool complete =
	    run_sweep(group, "scatter_isolated", "own2", true);
	if (run_sweep(group, "resume", "own2", true) && complete &&
	    ok("progress", cohort_progress(group, &counts)) &&
	    counts.resumed != (journals ? TASKS : 0))
		wrong("resume: %zu tasks were done again",
		      TASKS - counts.resumed);
}

static void run_objects(cohort *group)
{
	static char text[300];
	const cohort_blob blob = {text, sizeof(text)};
	cohort_blob *all;

	memset(text, 'a' + cohort_rank(group), sizeof(text));
	if (!ok("objects", cohort_allgather_objects(group, blob, &all)))
		return;
	for (int r = 0; r < cohort_size(group); r++)
		if (all[r].bytes != sizeof(text) ||
		    *(const char *)all[r].data != 'a' + r)
			wrong("objects: that of rank %d", r);
	/* free() is not checked, and need not be called here. */
}

/* All calls, in one group. */
static void run_whole(bool scoped, bool acts)
{
	const cohort_options options = {.scoped = scoped};
	const pid_t caller = getpid();
	cohort *group;
	const cohort_status status = cohort_open(&options, &group);

	if (status != COHORT_OK) {
		report_unopened(caller, status);
		return;
	}
	mine = &verdict->ranks[cohort_rank(group)];
	mine->opened = 1;
	run_collectives(group);
	run_objects(group);
	run_more_collectives(group);
	run_sweeps(group);
	run_more_sweeps(group, journals);
	run_scenes(group, journals);
	/* Peers of a scoped group do not return. */
	mine->finished = scoped && !cohort_is_root(group);
	ok("close", cohort_close(group));
	if (!scoped)
		run_signals(journals, acts);
	mine->finished = 1;
}

int main(int argc, char *argv[])
{
	if (argc != 4)
		return 2;
	const char *program = argv[3];
	const bool acts = strcmp(argv[1], "go") != 0;
	journals = !strcmp(argv[2], "journals");
	verdict = mmap(NULL, sizeof(*verdict), PROT_READ | PROT_WRITE,
	               MAP_SHARED, VERDICT_FD, 0);
	if (verdict == MAP_FAILED)
		return 2;
	close(VERDICT_FD);
	mine = &verdict->ranks[0];
	if (!strcmp(argv[1], "stop"))
		raise(SIGSTOP);
	if (!strcmp(argv[1], "mark"))
		syscall(MARK_BEGIN);
	if (!strcmp(program, "whole") || !strcmp(program, "scoped"))
		run_whole(!strcmp(program, "scoped"), acts);
	else if (!strcmp(program, "endings"))
		run_endings(journals, acts);
	else if (!run_ending(program, journals, acts))
		return 2;
	return 0;
}
