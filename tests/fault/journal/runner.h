/*
 * A scenario is a function that runs in a driver, in a directory of its own,
 * and starts processes in which something goes wrong.
 */
#ifndef FAULT_JOURNAL_RUNNER_H
#define FAULT_JOURNAL_RUNNER_H

#include "clock.h"
#include "hooks.h"
#include "scratch.h"

#include <sys/types.h>

enum { SENTENCE_BYTES = 1200 };

/* Shared by the driver and all of its processes. */
struct board {
	_Atomic int failures; /* of the scenario */
	_Atomic int returned; /* writes that have returned COHORT_OK */
	_Atomic int step;
	int status; /* of the call in question */
	char sentence[SENTENCE_BYTES];
	struct journal_shared shared;
};

extern struct board *board;
extern char path[SCRATCH_PATH]; /* of a journal that is not there yet */

/* Say what is wrong, from any process; the scenario fails, and goes on. */
#define EXPECT(holds, ...) \
	runner_expect((holds), __FILE__, __LINE__, __VA_ARGS__)
bool runner_expect(bool holds, const char *file, int line, const char *format,
                   ...) __attribute__((format(printf, 4, 5)));

/* Print what was measured. */
void figure(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* This cannot be tried here. */
_Noreturn void skip(const char *why);

/* A new directory instead of the last one. */
void fresh(void);

/* Run in a child, and wait: its exit status, 128 + n for signal n. */
int run(void (*program)(void));

/* Tell the board. */
void keep(cohort_status status);

/* Open files of this process. */
int descriptors(void);

/* A run: open, read, write tasks begin to end - 1, close, and tell how many
 * writes have returned. What fails first is kept and ends it. */
void write_tasks(uint64_t begin, uint64_t end);

/* Whether the journal can be opened at once and has tasks 0 to at least
 * `least` - 1, and at most one more, as they were written. */
bool expect_tasks(int least, const char *what, int at);

#endif
