/* One record file from its beginning to its end, whatever is in it. */
#ifndef COHORT_COMMON_JOURNAL_SCAN_H
#define COHORT_COMMON_JOURNAL_SCAN_H

#include "journal.h"

/* What is read, and by whom. */
struct scan {
	int fd;                 /* at its beginning */
	uint64_t size;          /* nothing behind that is read */
	const char *path;       /* of the journal, and */
	const char *name;       /* of the file, for sentences */
	struct journal_run run; /* whose file it must be, */
	int rank;               /* and of which rank */
	uint64_t count;         /* of the sweep's tasks */
	journal_take *take;     /* each record in turn */
	void *arg;
};

/*
 * `whole` receives the bytes that records and the file's head take; what is
 * left until `size` is a tail that was cut off, or zeros. Statuses are
 * journal_read's, and what `take` returns.
 */
COHORT_CHECKED cohort_status scan_tasks(const struct scan *scan,
                                        uint64_t *whole);

#endif
