/* Why a world is broken: one record, which the first process to notice writes
 * into the control page and every rank turns into its own sentence. */
#ifndef COHORT_MP_WORLD_FAILURE_H
#define COHORT_MP_WORLD_FAILURE_H

#include "common/base/call.h"

#include <stdbool.h>

enum world_failure_reason {
	/* Ranks a and b made the calls call_a and call_b. */
	WORLD_FAILURE_MISMATCH,
	/* Rank a sends `number` elements, rank b expects `number_b`. */
	WORLD_FAILURE_COUNTS,
	/* Rank a is in call_a, but b refused its own call, call_b.kind. */
	WORLD_FAILURE_REFUSED,
	/* Rank a was killed by signal `number`, or left the program with exit
	 * status `number`. It was running task number_b - 1; if number_b is 0,
	 * none. */
	WORLD_FAILURE_KILLED,
	WORLD_FAILURE_LEFT,
	/* The socket to rank a was closed. */
	WORLD_FAILURE_CLOSED,
	/* The monitor ended. */
	WORLD_FAILURE_MONITOR,
	/* Rank 0 has closed its end of the link to the monitor. */
	WORLD_FAILURE_UNLINKED,
	/* Rank 0 has closed the scoped group, out of step with the others. */
	WORLD_FAILURE_ENDED,
	/* Rank a waited `seconds` in call_a for rank b and `number` others. */
	WORLD_FAILURE_TIMEOUT,
	/* Rank b found numbers in rank a's shared memory that rank a cannot
	 * have written. */
	WORLD_FAILURE_DAMAGED,
	/* Rank a was interrupted, by cohort_interrupt. */
	WORLD_FAILURE_INTERRUPTED,
	/* Rank a has left call_a before its end. */
	WORLD_FAILURE_ABANDONED,
	/* A system call of rank a, the failed_call `number_b`, failed with
	 * errno `number`. */
	WORLD_FAILURE_SYSTEM
};

/* The system calls that can fail while a rank waits. Each has a name in the
 * sentence. */
enum failed_call { FAILED_POLL, FAILED_SEND, FAILED_RECV, FAILED_MPROTECT };

struct world_failure {
	enum world_failure_reason reason;
	int a;
	int b;
	struct call call_a;
	struct call call_b;
	uint64_t number;
	uint64_t number_b;
	double seconds;
};

enum { END_TEXT_BYTES = 160 };

/* Write how a rank ended: `end` is the number of the signal that killed it, or
 * its exit status. END_TEXT_BYTES are enough for all of it. */
void world_failure_describe_end(int rank, bool signalled, int end, char *text,
                                size_t bytes);

/* Writes the sentence, said for `function`, and returns the status that goes
 * with it. */
COHORT_CHECKED cohort_status
world_failure_say(const struct world_failure *failure, const char *function);

#endif
