/*
 * A journal's directory: whether it may be used, what is in it, the lock and
 * the identity. `dir` is a descriptor of it, `path` is for sentences. Statuses
 * are journal_open's.
 */
#ifndef COHORT_COMMON_JOURNAL_DIRECTORY_H
#define COHORT_COMMON_JOURNAL_DIRECTORY_H

#include "journal.h"

#define IDENTITY_NAME "identity"
#define IDENTITY_DRAFT "identity.new" /* until it is whole */
#define LOCK_NAME "lock"

enum { TASKS_NAME_BYTES = 32 };

/* A record file, by its name. */
struct tasks_name {
	uint32_t run;
	int32_t rank;
};

void tasks_name_print(struct tasks_name name, char out[TASKS_NAME_BYTES]);

/* Whether `text` is exactly what tasks_name_print would print. */
bool tasks_name_parse(const char *text, struct tasks_name *out);

/* Open a directory that a journal may be in; make it if it is missing. */
COHORT_CHECKED cohort_status directory_open(const char *path, int *dir);

struct directory_contents {
	struct tasks_name
	    *tasks; /* by run, then by rank; freed by the caller */
	size_t count;
	bool identity;
	bool others; /* things that are no part of a journal */
};

COHORT_CHECKED cohort_status directory_list(int dir, const char *path,
                                            struct directory_contents *out);

/* A file of this user's, for reading, and its size. */
COHORT_CHECKED cohort_status directory_read(int dir, const char *path,
                                            const char *name, int *fd,
                                            uint64_t *bytes);

/* Hold the lock for as long as the descriptor is open, here or in a child. */
COHORT_CHECKED cohort_status lock_take(int dir, const char *path, int *lock);

/* Let go of it, whoever else has the descriptor. */
void lock_release(int lock);

/* Who is said to hold a lock, from the first bytes of its file. */
struct lock_holder {
	long pid;
	char host[65];
};
bool lock_parse(const char *text, size_t bytes, struct lock_holder *out);

/* Refuse the identity that is there if it is not this one. */
COHORT_CHECKED cohort_status
identity_compare(int dir, const char *path,
                 const struct journal_identity *identity, uint64_t id[2]);

/* Write it where there is none yet, under the lock. */
COHORT_CHECKED cohort_status
identity_make(int dir, const char *path,
              const struct journal_identity *identity, uint64_t id[2]);

/* Whether the journal here is the one that the root opened. */
COHORT_CHECKED cohort_status identity_expect(int dir, const char *path,
                                             const uint64_t id[2], int rank);

#endif
