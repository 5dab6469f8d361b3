/*
 * Helpers of the journal's tests: a directory to work in, a sweep whose results
 * are known, and files as arrays of bytes. A failure in a helper is not a
 * failure of the library, so it ends the program with a message.
 */
#ifndef UNIT_SCRATCH_H
#define UNIT_SCRATCH_H

#include "common/journal/identity.h"
#include "common/journal/journal.h"
#include "common/journal/reader.h"
#include "common/journal/writer.h"

enum { SCRATCH_PATH = 256, TASKS = 12, SETS = 1000000 };

/* Make a directory. `path` receives the path of a journal in it, which does not
 * exist yet. */
void scratch_make(char path[SCRATCH_PATH]);
/* Remove that directory and everything in it. */
void scratch_remove(const char *path);

/* path/name. */
void scratch_name(char out[SCRATCH_PATH], const char *path, const char *name);

/* The number of files in a directory. */
int scratch_entries(const char *path);

struct bytes {
	unsigned char *at;
	size_t count;
};
struct bytes scratch_load(const char *path, const char *name);
void scratch_save(const char *path, const char *name, struct bytes bytes);

/* A sweep of `count` tasks, at most SETS. Set i is the number i. */
struct journal_sweep sample_sweep(uint64_t count);

/* The digest of set `index`. */
void sample_digest(uint64_t index, uint64_t digest[2]);

/* The record of task `index`. Sizes differ, some tasks have failed, some results
 * are empty, some tasks have asked for index or seed. The data are valid until
 * the next call. */
struct journal_record sample_record(uint64_t index);

/* Whether the record is sample_record of its index, bit by bit. */
bool sample_matches(const struct journal_record *record);

/* The result of reading a journal. */
struct loaded {
	int records; /* that were read */
	int wrong;   /* records that differ from what was written */
	int again;   /* records of a task that was read before */
	bool have[TASKS];
	struct journal_figures figures;
	cohort_status status;
};
struct loaded sample_read(const struct journal *journal);

/* Open, read and close. The status is that of the first call that failed. */
struct loaded sample_load(const char *path);

/* A run with one rank, which writes tasks begin to end - 1. */
cohort_status sample_run(const char *path, int rank, uint64_t begin,
                         uint64_t end);

#endif
