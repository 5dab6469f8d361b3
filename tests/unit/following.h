/* For tests of a journal that is read while it is written: a journal in a folder of
 * its own, its reader, and a run of the same process that writes. */
#ifndef UNIT_FOLLOWING_H
#define UNIT_FOLLOWING_H

#include "scratch.h"

enum {
	HEAD = 88,
	RECORD = 88
}; /* bytes of the head of a file and of a record */

/* The record file of the first run and rank 0. */
extern const char following_file[10];

extern struct following {
	char path[SCRATCH_PATH];
	cohort_journal *reader;
	struct journal *journal;
	struct journal_writer *writer;
} following;

/* Before and after each test. */
void following_make(void);
void following_unmake(void);

/* A new reader, in the place of the one before. */
void following_open(void);

/* Whether the result is the sample of its index, as it was written. */
bool following_is_sample(const cohort_result *result);

/* The next result must be the sample of this index. */
void following_next(size_t index);

/* There must be no result now. */
void following_end(void);

/* The next call must fail so. */
void following_fails(cohort_status expected, const char *words);

/* Read on to the end. Returns the number of results, all of which are
 * samples. */
int following_read_all(void);

/* A run that writes, of this rank. */
void following_begin_run(int rank);
void following_write(uint64_t index);
void following_end_run(void);

/* Bytes of record `n` in a file. */
size_t following_record_bytes(int n);

#endif
