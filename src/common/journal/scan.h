/* Reads one record file from beginning to end, whatever it contains. */
#ifndef COHORT_COMMON_JOURNAL_SCAN_H
#define COHORT_COMMON_JOURNAL_SCAN_H

#include "journal_types.h"

struct scan {
	int fd;                 /* positioned at the file's beginning */
	uint64_t size;          /* bytes to read; later ones are ignored */
	const char *path;       /* of the journal, for sentences */
	const char *name;       /* of the file, for sentences */
	struct journal_run run; /* that the file must belong to */
	int rank;               /* that the file must belong to */
	uint64_t count;         /* tasks of the sweep */
	/* Only check the records: those that are larger than a piece of the
	 * file are passed to `take` without their data and sentence. */
	bool check_only;
	journal_take *take; /* receives the records in turn */
	void *arg;
};

/*
 * *whole receives the bytes of the file's head and of the complete records.
 * The rest, up to `size`, is an incomplete record or zeros. Returns the
 * statuses of journal_read, and those of `take`.
 */
COHORT_CHECKED cohort_status scan_tasks(const struct scan *scan,
                                        uint64_t *whole);

#endif
