/* How far a record file has been read: what scan.c and scan_head.c know. */
#ifndef COHORT_COMMON_JOURNAL_SCAN_STATE_H
#define COHORT_COMMON_JOURNAL_SCAN_STATE_H

#include "file_window.h"
#include "format_record.h"

/* Identifies a record in its file. */
struct scan_mark {
	uint64_t offset;   /* where it begins; 0: no record */
	uint64_t checksum; /* of its header */
};

struct scan {
	/* The file. window.offset is the number of bytes in its head and in the
	 * records that have been read. */
	struct file_window window;
	struct journal_run run; /* that the file must belong to: id and run */
	int rank;               /* that the file must belong to */
	/* Parameter sets of the sweep and its seed, for a file of version 1.
	 * Those of later versions have them in their heads. */
	uint64_t count;
	uint64_t seed;
	/* Only check the records: those that are larger than a piece of the
	 * file are returned without their data and sentence. */
	bool check_only;
	struct scan_mark last;    /* the record that scan_next returned last */
	struct format_tasks head; /* of a file, when a record was read */
	/* The header of the last record. Records that were dropped are passed
	 * over. */
	struct format_found found;
	uint64_t torn; /* pieces of records that were passed over */
	uint64_t torn_bytes;
};

#endif
