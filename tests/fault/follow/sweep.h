/* The sweep whose journal is followed. */
#ifndef FAULT_FOLLOW_SWEEP_H
#define FAULT_FOLLOW_SWEEP_H

#include "cohort.h"

#include <sys/types.h>

enum { SWEEP_TASKS = 1500, SWEEP_LONGEST = 1200 };

/* How a result begins. Bytes that depend on the index follow. */
struct swept {
	uint64_t index;
	uint64_t number; /* of the task in its process, from 0 */
	int64_t process;
};

/* Run the sweep on the ranks of this program, with files of `limit` bytes at the
 * most if that is not 0. Returns the exit status: 0 if it is complete, 2 if it is
 * not, 3 if the journal is in use. */
int sweep(const char *journal, bool isolate, long limit);

/* Whether the result is that of its task, byte by byte. Copies its beginning to
 * *out. A failed task has a sentence instead. */
bool sweep_matches(const cohort_result *result, struct swept *out);

#endif
