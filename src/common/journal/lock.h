/* The lock of a journal. `dir` is a descriptor of its directory; `path` is used
 * in sentences. */
#ifndef COHORT_COMMON_JOURNAL_LOCK_H
#define COHORT_COMMON_JOURNAL_LOCK_H

#include "cohort.h"

enum { LOCK_HOST_BYTES = 65 };

/* Whether a journal may be used where the file system has no locks. */
enum lock_need { LOCK_REQUIRED, LOCK_IF_POSSIBLE };

/* Take the lock. It is held as long as the descriptor is open, here or in a
 * forked child. The statuses are those of journal_open. */
COHORT_CHECKED cohort_status lock_take(int dir, const char *path,
                                       enum lock_need need, int *lock);

/* Drop the lock, even if forked children have the descriptor open. */
void lock_release(int lock);

/* The process that the lock's file names. */
struct lock_holder {
	long pid;
	char host[LOCK_HOST_BYTES];
};

/* Whether `text` is the text that lock_take writes into the file. */
bool lock_parse(const char *text, size_t bytes, struct lock_holder *out);

#endif
