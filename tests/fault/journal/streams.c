/* A program that has closed stdin, stdout and stderr: the numbers 0 to 2 are
 * free, and no file of the journal may get one of them. */
#define _POSIX_C_SOURCE 200809L
#include "runner.h"
#include "scenarios.h"

#include <fcntl.h>
#include <unistd.h>

/* Nothing can be printed here: the outcome counts the numbers that are open. */
static void count_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			atomic_fetch_add(&outcome->step, 1);
}

static void write_without_streams(void)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);
	struct journal_writer *writer = NULL;
	struct journal *journal = NULL;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		close(fd);
	cohort_status status = journal_open(path, &sweep, &journal);
	count_streams();
	if (status == COHORT_OK) {
		const struct journal_run run = journal_this_run(journal);
		status = journal_writer_open(path, &run, 0, NULL, &writer);
		count_streams();
	}
	for (uint64_t i = 0; i < TASKS && status == COHORT_OK; i++) {
		const struct journal_record record = sample_record(i);
		status = journal_write(writer, &record);
	}
	if (status == COHORT_OK)
		status = journal_writer_close(writer);
	keep(status);
	journal_close(journal);
	_exit(0);
}

void scenario_no_streams(void)
{
	EXPECT(run(write_without_streams) == 0, "exit status");
	EXPECT(outcome->status == COHORT_OK, "%s", outcome->sentence);
	EXPECT(atomic_load(&outcome->step) == 0,
	       "the journal has used a number below 3 %d times",
	       atomic_load(&outcome->step));
	expect_tasks(TASKS, "without streams", 0);
}
