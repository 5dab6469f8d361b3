#define _GNU_SOURCE
#include "runner.h"

#include "scenarios.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct outcome *outcome;
char path[SCRATCH_PATH];

bool runner_expect(bool holds, const char *file, int line, const char *format,
                   ...)
{
	va_list args;

	if (holds)
		return true;
	atomic_fetch_add(&outcome->failures, 1);
	printf("%s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	return false;
}

void figure(const char *format, ...)
{
	va_list args;

	printf("figure: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
}

static void remove_last(void)
{
	hooks_reset();
	if (path[0])
		scratch_remove(path);
	path[0] = '\0';
}

void skip(const char *why)
{
	printf("skipped: %s\n", why);
	remove_last();
	exit(77);
}

void fresh(void)
{
	remove_last();
	scratch_make(path);
	atomic_store(&outcome->returned, 0);
	atomic_store(&outcome->step, 0);
	outcome->status = -1;
	outcome->sentence[0] = '\0';
}

int run(void (*program)(void))
{
	int status;

	fflush(NULL);
	const pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(600); /* detects a hang */
		program();
		exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		perror("fork");
		exit(1);
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
	                           : WEXITSTATUS(status);
}

void keep(cohort_status status)
{
	outcome->status = (int)status;
	snprintf(outcome->sentence, sizeof(outcome->sentence), "%s",
	         cohort_error());
}

int descriptors(void)
{
	DIR *stream = opendir("/proc/self/fd");
	int count = 0;

	while (stream && readdir(stream))
		count++;
	if (stream)
		closedir(stream);
	return count;
}

static cohort_status write_each(struct journal_writer *writer, uint64_t begin,
                                uint64_t end)
{
	cohort_status status = COHORT_OK;

	for (uint64_t i = begin; i < end && status == COHORT_OK; i++) {
		const struct journal_record record = sample_record(i);
		status = journal_write(writer, &record);
		if (status == COHORT_OK)
			atomic_fetch_add(&outcome->returned, 1);
	}
	if (status == COHORT_OK || begin == end)
		return status;
	/* After a failure every later call fails in the same way. */
	char sentence[SENTENCE_BYTES];
	snprintf(sentence, sizeof(sentence), "%s", cohort_error());
	const uint64_t bytes = journal_writer_committed(writer);
	const struct journal_record record = sample_record(begin);
	EXPECT(journal_write(writer, &record) == status &&
	           !strcmp(sentence, cohort_error()) &&
	           journal_writer_committed(writer) == bytes,
	       "again: %s", cohort_error());
	return status;
}

void write_tasks(uint64_t begin, uint64_t end)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal_writer *writer = NULL;
	struct journal *journal = NULL;

	cohort_status status = journal_open(path, &sweep, &journal);
	if (status == COHORT_OK)
		status = sample_read(journal).status;
	if (status == COHORT_OK) {
		const struct journal_run run = journal_this_run(journal);
		status = journal_writer_open(path, &run, 0, NULL, &writer);
	}
	if (status == COHORT_OK)
		status = write_each(writer, begin, end);
	cohort_status closed = journal_writer_close(writer);
	keep(status == COHORT_OK ? closed : status);
	journal_close(journal);
}

bool expect_tasks(int least, const char *what, int at)
{
	const struct loaded loaded = sample_load(path);

	for (int i = 0; i < loaded.records && i < TASKS; i++)
		EXPECT(loaded.have[i], "%s %d: task %d is missing", what, at,
		       i);
	return EXPECT(loaded.status == COHORT_OK && loaded.wrong == 0 &&
	                  loaded.records >= least &&
	                  loaded.records <= least + 1 &&
	                  loaded.figures.torn <= 1,
	              "%s %d: %s, %d records after %d, %d wrong", what, at,
	              loaded.status ? cohort_error() : "OK", loaded.records,
	              least, loaded.wrong);
}

void expect_results(cohort_journal *journal, int tasks, const char *what)
{
	cohort_result result;
	int count = 0;
	bool end = false;

	for (;; count++) {
		cohort_status status =
		    cohort_journal_next(journal, &result, &end);
		if (!EXPECT(status == COHORT_OK, "%s: %s", what,
		            cohort_error()) ||
		    end)
			break;
		/* A cohort_result has neither flags nor a digest. */
		const struct journal_record sample =
		    sample_record(result.index);
		const struct journal_record record = {
		    .index = result.index,
		    .bytes = result.bytes,
		    .data = result.data,
		    .error = result.error,
		    .seconds = result.seconds,
		    .rank = result.rank,
		    .status = (int32_t)result.status,
		    .attempts = result.attempts,
		    .flags = sample.flags,
		    .digest = {sample.digest[0], sample.digest[1]},
		};
		EXPECT(sample_matches(&record), "%s: task %zu is another", what,
		       result.index);
	}
	EXPECT(count == tasks, "%s: %d results, not %d", what, count, tasks);
}

static const struct {
	const char *name;
	void (*scenario)(void);
} scenarios[] = {
#define ROW(name) {#name, scenario_##name},
    SCENARIO_MAP(ROW)
#undef ROW
};

int main(int argc, char *argv[])
{
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE,
	               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pace_begin(NULL);
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++) {
		if (argc < 2 || strcmp(argv[1], scenarios[i].name) != 0)
			continue;
		fresh();
		scenarios[i].scenario();
		remove_last();
		printf("%s: %s\n", scenarios[i].name,
		       outcome->failures ? "FAILED" : "passed");
		return outcome->failures ? 1 : 0;
	}
	fprintf(stderr, "usage: %s scenario\n", argv[0]);
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++)
		fprintf(stderr, "\t%s\n", scenarios[i].name);
	return 2;
}
