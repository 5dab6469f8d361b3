/*
 * A scenario is a function that runs in a driver, in a directory of its own,
 * and starts processes in which something goes wrong.
 */
#ifndef FAULT_JOURNAL_RUNNER_H
#define FAULT_JOURNAL_RUNNER_H

#include "clock.h"
#include "hooks.h"
#include "pace.h"
#include "scratch.h"

#include <sys/types.h>

enum { SENTENCE_BYTES = 1200 };

/* Results of a scenario, in memory that the driver and its processes share. */
struct outcome {
	_Atomic int failures; /* of the scenario */
	_Atomic int
	    returned;     /* number of writes that have returned COHORT_OK */
	_Atomic int step; /* for the scenario's own use */
	int status;       /* of the call that is tested */
	char sentence[SENTENCE_BYTES];
	struct journal_shared shared;
	struct sync_words words;
};

extern struct outcome *outcome;
extern char path[SCRATCH_PATH]; /* of a journal that does not exist yet */

/* If `holds` is false, print what is wrong; the scenario has failed, and goes on.
 * May be called in any process. */
#define EXPECT(holds, ...) \
	runner_expect((holds), __FILE__, __LINE__, __VA_ARGS__)
/* Something took `took` seconds, and has just ended: that is within `bound`
 * seconds times the machine's slowdown; see pace.h. */
#define EXPECT_WITHIN(took, bound, format, ...)                            \
	EXPECT(pace_within(now() - (took), now(), (bound)), format ": %s", \
	       __VA_ARGS__, pace_compared())
bool runner_expect(bool holds, const char *file, int line, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* Print a measurement. */
void figure(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* End the scenario: this machine or user cannot run it. */
_Noreturn void skip(const char *why);

/* Replace the directory by a new one. */
void fresh(void);

/* Run in a child and wait for it. Returns its exit status, or 128 + n if signal
 * n has ended it. */
int run(void (*program)(void));

/* Store a status and its sentence in `outcome`. */
void keep(cohort_status status);

/* The number of open descriptors of this process. */
int descriptors(void);

/* A run: open, read, write tasks begin to end - 1, close. outcome->returned
 * counts the writes. The first failure ends the run and is stored in
 * `outcome`. */
void write_tasks(uint64_t begin, uint64_t end);

/* Expect that the journal can be opened at once, and that it has the tasks from 0
 * to `least` - 1, and at most one more, as they were written. */
bool expect_tasks(int least, const char *what, int at);

/* Read a journal with cohort_journal_next, to its present end, and expect
 * `tasks` results, as they were written. */
void expect_results(cohort_journal *journal, int tasks, const char *what);

#endif
