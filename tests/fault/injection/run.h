/* One run of the target under strace, which makes one of its system calls fail. */
#ifndef COHORT_TESTS_INJECTION_RUN_H
#define COHORT_TESTS_INJECTION_RUN_H

#include "settings.h"
#include "stuck.h"
#include "trace.h"
#include "verdict.h"

#include <stdbool.h>

/* In every process and thread, the call with that number among its calls of
 * this kind fails. */
struct injection {
	char call[CALL_BYTES];
	const char *error; /* "EIO" */
	int number;        /* of the error */
	int occurrence;
};

struct run {
	bool hung;     /* some process did not end, and was killed */
	int status;    /* of rank 0, as from waitpid */
	bool injected; /* some process made the call */
	/* To stderr; until the next run. */
	char *printed;
	size_t printed_bytes;
	char stuck[STUCK_BYTES]; /* the processes that did not end */
	struct verdict verdict;
	/* The same program, undisturbed, on the same journals, and what is wrong
	 * with that. */
	bool resumable;
	char again[SENTENCE_BYTES];
	char *printed_again;
	size_t printed_again_bytes;
};

/* For settings that have a launcher: the paths of its mpirun, of catch.c's program,
 * and of the library that it preloads. */
struct launcher {
	const char *mpirun;
	const char *catcher;
	const char *marks;
};

/* Before the first run: the path of the target, and a launcher or NULL. After the last
 * one. */
void run_begin(const char *target, const struct launcher *launcher);
void run_end(void);

/* Run the target. If `injection` is NULL no call fails, and all calls are in the
 * file run_trace(). False if no process can be traced here. */
bool run_target(const struct setting *setting,
                const struct injection *injection, struct run *out);

const char *run_trace(void);

#endif
