/* Each kind of system call fails, at each of its calls in turn. */
#define _GNU_SOURCE
#include "runner.h"
#include "scenarios.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static int begin; /* of the tasks that a run writes */

static void write_the_tasks(void)
{
	const int before = descriptors();

	write_tasks((uint64_t)begin, TASKS);
	hooks->mode = PASS;
	EXPECT(descriptors() == before, "descriptors are left open");
}

/* Call `at` of a kind fails. Either a sentence reports it, or it did not matter.
 * Tasks that were written are there, and the next run does the rest. */
static bool fail_at(enum hook kind, enum hook_mode mode, int number, int at)
{
	char what[64];

	fresh();
	snprintf(what, sizeof(what), "%s fails at call", hook_names[kind]);
	begin = 0;
	hooks->mode = mode;
	hooks->kind = kind;
	hooks->number = number;
	atomic_store(&hooks->at, at);
	EXPECT(run(write_the_tasks) == 0, "%s %d: exit status", what, at);
	const bool reached = atomic_load(&hooks->count) >= at;
	hooks_reset();
	const bool told = strstr(outcome->sentence, strerror(number)) &&
	                  strstr(outcome->sentence, path);
	const bool expected =
	    outcome->status == COHORT_OK ||
	    (told && (outcome->status == COHORT_EIO ||
	              (kind == HOOK_OPEN && outcome->status == COHORT_EINVAL)));
	EXPECT(expected, "%s %d: %d: %s", what, at, outcome->status,
	       outcome->sentence);
	/* The first write is the lock's text, which is used in sentences
	 * only. */
	EXPECT(!reached || outcome->status != COHORT_OK ||
	           (kind != HOOK_WRITEV && kind != HOOK_FDATASYNC) ||
	           (kind == HOOK_WRITEV && at == 1),
	       "%s %d: no sentence reports it", what, at);

	const int returned = atomic_load(&outcome->returned);
	if (!expect_tasks(returned, what, at))
		return reached;
	EXPECT(sample_load(path).figures.torn == 0,
	       "%s %d: a piece of a record was left", what, at);
	begin = returned;
	EXPECT(run(write_the_tasks) == 0 && outcome->status == COHORT_OK,
	       "after %s %d: %s", what, at, outcome->sentence);
	expect_tasks(TASKS, what, at);
	return reached;
}

void scenario_failing_calls(void)
{
	int failed = 0;

	for (enum hook kind = 0; kind < HOOKS; kind++)
		for (int on = 0; on < 2; on++) {
			int at = 1;
			while (fail_at(kind, on ? FAIL_ON : FAIL, EIO, at))
				at++;
			failed += at - 1;
		}
	figure("%d failures, once and from then on", failed);
}

void scenario_full_disk(void)
{
	int at = 1;

	while (fail_at(HOOK_WRITEV, FAIL_HALF, ENOSPC, at))
		at++;
	EXPECT(at > TASKS, "%d writes", at);
	figure("%d writes stopped half-way", at - 1);
}

/* RLIMIT_FSIZE limits the size of the files. */
static void write_in_little_room(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = (rlim_t)atomic_load(&outcome->step);
	EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0, "setrlimit");
	write_tasks(0, TASKS);
}

void scenario_small_files(void)
{
	int refused = 0;

	for (int bytes = 104; bytes < 2000; bytes += 40) {
		fresh();
		atomic_store(&outcome->step, bytes);
		EXPECT(run(write_in_little_room) == 0, "%d bytes: killed",
		       bytes);
		EXPECT(outcome->status == COHORT_OK ||
		           (outcome->status == COHORT_EIO &&
		            strstr(outcome->sentence, strerror(EFBIG))),
		       "%s", outcome->sentence);
		refused += outcome->status != COHORT_OK;
		expect_tasks(atomic_load(&outcome->returned), "file size",
		             bytes);
	}
	EXPECT(refused > 10 && outcome->status == COHORT_OK, "%d refused",
	       refused);
}

static void write_all(void)
{
	write_tasks(0, TASKS);
}

static const char *find_call(const char *from, enum hook kind)
{
	const char *found = from ? strchr(from, 'A' + (char)kind) : NULL;

	return found ? found + 1 : NULL;
}

/* The order that lets a new journal survive a power cut: a file's contents are
 * synced before its name, and the name is synced too. */
void scenario_order(void)
{
	static const enum hook wanted[] = {
	    HOOK_MKDIR,    HOOK_FSYNC, /* the directory's name */
	    HOOK_FLOCK,    HOOK_OPENAT, HOOK_WRITEV,
	    HOOK_FSYNC,                /* the identity's contents */
	    HOOK_RENAMEAT, HOOK_FSYNC, /* the identity's name */
	    HOOK_OPENAT,   HOOK_WRITEV, HOOK_FSYNC, /* the record file's name */
	};
	const char *at = hooks->log;

	run(write_all);
	EXPECT(outcome->status == COHORT_OK, "%s", outcome->sentence);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		at = find_call(at, wanted[i]);
	EXPECT(at, "%s", hooks->log);
	const int fsyncs = atomic_load(&hooks->calls[HOOK_FSYNC]);
	EXPECT(fsyncs == 4, "%d", fsyncs);
	/* The records are synced when the writer is closed, if not earlier. */
	EXPECT(find_call(at, HOOK_FDATASYNC), "%s", hooks->log);
}

/* Reads move a few bytes only, and calls are interrupted. */
static void follow_all(int how)
{
	cohort_journal *reader;

	atomic_store(&hooks->short_io, how & 1);
	atomic_store(&hooks->interrupt, how >> 1);
	if (!EXPECT(cohort_journal_open(path, &reader) == COHORT_OK, "%s",
	            cohort_error()))
		return;
	expect_results(reader, TASKS, "short reads");
	expect_results(reader, 0, "short reads");
	cohort_journal_close(reader);
	hooks_reset();
}

/* Reads and writes move a few bytes only, and calls are interrupted. */
void scenario_short_io(void)
{
	for (int how = 1; how < 4; how++) {
		fresh();
		atomic_store(&hooks->short_io, how & 1);
		atomic_store(&hooks->interrupt, how >> 1);
		run(write_all);
		EXPECT(outcome->status == COHORT_OK, "%s", outcome->sentence);
		expect_tasks(TASKS, "with short_io", how);
		hooks_reset();
		expect_tasks(TASKS, "after short_io", how);
		follow_all(how);
	}
}

/* Call `at` of a kind fails, once or from then on. */
static bool follow_at(enum hook kind, enum hook_mode mode, int at)
{
	const int before = descriptors();
	cohort_result result;
	cohort_journal *reader = NULL;
	int given = 0;
	int refused = 0;
	bool end = false;

	hooks->mode = mode;
	hooks->kind = kind;
	hooks->number = EIO;
	atomic_store(&hooks->at, at);
	cohort_status status = cohort_journal_open(path, &reader);
	while (status == COHORT_OK && !end) {
		status = cohort_journal_next(reader, &result, &end);
		given += status == COHORT_OK && !end;
	}
	const bool reached = atomic_load(&hooks->count) >= at;
	hooks_reset();
	refused = status != COHORT_OK;
	EXPECT(!refused ||
	           (status == COHORT_EIO && strstr(cohort_error(), path) &&
	            strstr(cohort_error(), strerror(EIO)) &&
	            !strncmp(cohort_error(), "cohort_journal_", 15)),
	       "%s %d: %s: %s", hook_names[kind], at,
	       cohort_status_name(status), cohort_error());
	EXPECT(refused == (reached && kind != HOOK_CLOSE), "%s %d: %d",
	       hook_names[kind], at, refused);
	/* It goes on where it was; after a file that failed, with the others
	 * first, of which there are none. */
	for (int ends = 0; reader && ends < 2; ends += end)
		if (cohort_journal_next(reader, &result, &end) != COHORT_OK ||
		    (!end && result.index != (size_t)given++))
			break;
	EXPECT(!reader || given == TASKS, "%s %d: %d results: %s",
	       hook_names[kind], at, given, cohort_error());
	cohort_journal_close(reader);
	EXPECT(descriptors() == before, "%s %d: descriptors are left open",
	       hook_names[kind], at);
	return reached;
}

/* Every system call of a reader fails. */
void scenario_failing_reads(void)
{
	int failed = 0;

	run(write_all);
	EXPECT(outcome->status == COHORT_OK, "%s", outcome->sentence);
	for (enum hook kind = 0; kind < HOOKS; kind++)
		for (int on = 0; on < 2; on++) {
			int at = 1;
			while (follow_at(kind, on ? FAIL_ON : FAIL, at))
				at++;
			failed += at - 1;
		}
	EXPECT(failed > 10, "%d failures", failed);
	figure("%d failures, once and from then on", failed);
}
