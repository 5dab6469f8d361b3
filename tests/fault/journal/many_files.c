/* A journal with the files of many runs of many ranks: to open and to read it takes
 * few descriptors, little memory, and time in proportion to the files. */
#define _GNU_SOURCE
#include "common/journal/format_record.h"
#include "runner.h"
#include "scenarios.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	RANKS = 100, /* of each run */
	FEW_RUNS = 10,
	MANY_RUNS = 100,
	RECORDS = 10,        /* of each file */
	DESCRIPTORS = 12,    /* beside those that a program has */
	MEMORY_KIB = 8 << 10 /* that a reading may take */
};

static uint64_t files; /* that the journal has */

/* The records of a file are those of the next tasks. */
static void make_file(struct journal_run run, int rank)
{
	struct {
		struct format_tasks head;
		struct {
			struct format_record head;
			uint64_t result;
		} records[RECORDS];
	} file = {.head = format_make_tasks(&run, rank)};
	char name[SCRATCH_PATH];
	char tasks[32];

	for (uint64_t i = 0; i < RECORDS; i++) {
		const uint64_t index = files * RECORDS + i;
		struct journal_record record = {.index = index,
		                                .bytes = sizeof(index),
		                                .data = &index,
		                                .rank = rank,
		                                .attempts = 1};
		sample_digest(index, record.digest);
		file.records[i].head = format_make_record(&record);
		file.records[i].result = index;
	}
	snprintf(tasks, sizeof(tasks), "tasks-%d-%d", (int)run.run, rank);
	scratch_name(name, path, tasks);
	const int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	EXPECT(fd >= 0 && write(fd, &file, sizeof(file)) == sizeof(file), "%s",
	       name);
	close(fd);
	files++;
}

/* More runs, up to this one. */
static void make_runs(uint64_t last)
{
	const struct journal_sweep sweep = sample_sweep(SETS);
	struct journal *journal;

	EXPECT(journal_open(path, &sweep, &journal) == COHORT_OK, "%s",
	       cohort_error());
	struct journal_run run = journal_this_run(journal);
	for (; run.run <= last; run.run++)
		for (int rank = 0; rank < RANKS; rank++)
			make_file(run, rank);
	journal_close(journal);
}

static double processor_seconds(struct rusage *used)
{
	getrusage(RUSAGE_SELF, used);
	return (double)(used->ru_utime.tv_sec + used->ru_stime.tv_sec) +
	       (double)(used->ru_utime.tv_usec + used->ru_stime.tv_usec) * 1e-6;
}

static cohort_status add_result(void *arg, const struct journal_record *record)
{
	uint64_t result;

	memcpy(&result, record->data, sizeof(result));
	EXPECT(record->bytes == sizeof(result) && result == record->index,
	       "%llu is the result of %llu", (unsigned long long)result,
	       (unsigned long long)record->index);
	*(uint64_t *)arg += result;
	return COHORT_OK;
}

/* The next run, on this rank and the root. */
static void resume(void)
{
	const struct journal_sweep sweep = sample_sweep(files * RECORDS);
	struct journal_figures figures = {0};
	struct journal_writer *writer = NULL;
	struct journal *journal = NULL;
	uint64_t sum = 0;

	cohort_status status = journal_open(path, &sweep, &journal);
	if (status == COHORT_OK)
		status = journal_read(journal, add_result, &sum, &figures);
	const uint64_t count = sweep.sets.count;
	EXPECT(status == COHORT_OK && figures.files == files &&
	           figures.records == count && sum == count * (count - 1) / 2,
	       "%s", cohort_error());
	if (status == COHORT_OK) {
		const struct journal_run run = journal_this_run(journal);
		EXPECT(run.run == files / RANKS + 1, "run %d", (int)run.run);
		status = journal_writer_open(path, &run, 0, NULL, &writer);
		EXPECT(status == COHORT_OK, "%s", cohort_error());
	}
	EXPECT(journal_writer_close(writer) == COHORT_OK, "%s", cohort_error());
	journal_close(journal);
}

static void follow(void)
{
	cohort_journal *journal;
	cohort_result result;
	uint64_t count = 0;
	bool end = false;

	cohort_status status = cohort_journal_open(path, &journal);
	while (status == COHORT_OK && !end) {
		status = cohort_journal_next(journal, &result, &end);
		count += !end;
	}
	EXPECT(status == COHORT_OK && count == files * RECORDS, "%llu: %s",
	       (unsigned long long)count, cohort_error());
	if (status == COHORT_OK)
		cohort_journal_close(journal);
}

static void (*reading)(void);

/* outcome->step receives the microseconds of the processor, outcome->returned the
 * KiB of memory. */
static void measure(void)
{
	const rlim_t most = (rlim_t)descriptors() + DESCRIPTORS;
	const struct rlimit limit = {most, most};
	struct rusage before;
	struct rusage after;

	setrlimit(RLIMIT_NOFILE, &limit);
	const double begin = processor_seconds(&before);
	reading();
	const double seconds = processor_seconds(&after) - begin;
	atomic_store(&outcome->step, (int)(seconds * 1e6) + 1);
	atomic_store(&outcome->returned,
	             (int)(after.ru_maxrss - before.ru_maxrss));
}

/* Returns the processor's time in ms. */
static double measure_reading(void (*function)(void), const char *name)
{
	reading = function;
	EXPECT(run(measure) == 0, "exit status");
	const double ms = atomic_load(&outcome->step) / 1e3;
	const int kib = atomic_load(&outcome->returned);
	figure("%s, %d files: %.1f ms of the processor, %d KiB", name,
	       (int)files, ms, kib);
	/* A sanitizer keeps released memory. */
#if !defined(__SANITIZE_ADDRESS__)
	EXPECT(kib < MEMORY_KIB, "%s takes %d KiB", name, kib);
#endif
	return ms;
}

void scenario_many_files(void)
{
	make_runs(FEW_RUNS);
	const double follow_few = measure_reading(follow, "followed");
	const double few = measure_reading(resume, "resumed");
	/* The files of the next run would be in the way. */
	char name[SCRATCH_PATH];
	scratch_name(name, path, "tasks-11-0");
	EXPECT(!unlink(name), "%s", name);
	make_runs(MANY_RUNS);
	const double follow_many = measure_reading(follow, "followed");
	const double many = measure_reading(resume, "resumed");
	const double more = (double)MANY_RUNS / FEW_RUNS;
	EXPECT(follow_many < 3 * more * follow_few && many < 3 * more * few,
	       "ten times as many files take %.1f and %.1f times as long",
	       follow_many / follow_few, many / few);
}
