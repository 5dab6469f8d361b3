/*
 * What the journal's tests share: a directory to work in, a sweep whose
 * results are known, and whole files as bytes. Whatever fails here ends the
 * program with a word: it is not what is tested.
 */
#ifndef UNIT_SCRATCH_H
#define UNIT_SCRATCH_H

#include "common/journal/identity.h"
#include "common/journal/journal.h"
#include "common/journal/reader.h"
#include "common/journal/writer.h"

enum { SCRATCH_PATH = 256, TASKS = 12 };

/* A new directory, and `path` of a journal in it that is not there yet. */
void scratch_make(char path[SCRATCH_PATH]);
/* With all that is in it. */
void scratch_remove(const char *path);

/* path/name. */
void scratch_name(char out[SCRATCH_PATH], const char *path, const char *name);

/* The only other names that a new directory has. */
int scratch_entries(const char *path);

struct bytes {
	unsigned char *at;
	size_t count;
};
struct bytes scratch_load(const char *path, const char *name);
void scratch_save(const char *path, const char *name, struct bytes bytes);

/* The identity of a sweep of `count` tasks. */
struct journal_identity sample_identity(uint64_t count);

/* What task `index` yields: of different sizes, some failed, some empty. Its
 * data stand until the next call. */
struct journal_record sample_record(uint64_t index);

/* Whether this is that, bit by bit. */
bool sample_matches(const struct journal_record *record);

/* What a reading brought. */
struct haul {
	int records; /* handed over */
	int wrong;   /* of them, not what was written */
	int again;   /* handed over before */
	bool have[TASKS];
	struct journal_figures figures;
	cohort_status status;
};
struct haul sample_read(const struct journal *journal);

/* Open, read, close; the status is that of what failed. */
struct haul sample_load(const char *path);

/* A run of one rank that writes tasks begin to end - 1, if there are any. */
cohort_status sample_run(const char *path, int rank, uint64_t begin,
                         uint64_t end);

#endif
