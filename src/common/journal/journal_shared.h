/*
 * The part of a writer that it shares with its forked children: how much of the
 * record file is valid, how much of it is on the disk, and the first failure.
 */
#ifndef COHORT_COMMON_JOURNAL_JOURNAL_SHARED_H
#define COHORT_COMMON_JOURNAL_JOURNAL_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* The caller of journal_writer_open may place it in memory that is mapped
 * shared; only this folder accesses the fields. */
struct journal_shared {
	/* Bytes of the file's head and of whole records, with a check; see
	 * journal_shared_commit. */
	_Atomic uint64_t committed;
	_Atomic uint64_t changes;   /* how often the file has changed */
	_Atomic uint64_t synced;    /* changes that are on the disk */
	_Atomic uint64_t synced_at; /* time of the last sync in ns; used where
	                             * there is no sync thread */
	_Atomic uint32_t writing;   /* 1: a process writes, or died writing */
	_Atomic uint32_t failed;    /* first failure, with errno; 0: none */
};

/* Files are cut to the number of committed bytes, and a task in a forked child
 * may write anywhere. So the word has 24 bits of check. */
#define COMMITTED_MOST (((uint64_t)1 << 40) - 1)

/* Store `bytes`, at most COMMITTED_MOST. */
void journal_shared_commit(struct journal_shared *shared, uint64_t bytes);

/* False if the word is damaged. */
bool journal_shared_committed(const struct journal_shared *shared,
                              uint64_t *bytes);

/* name, the action that failed */
#define JOURNAL_FAILURE_MAP(X) \
	X(WRITE, "write to")   \
	X(CUT, "cut")          \
	X(SYNC, "sync")        \
	X(CLOSE, "close")      \
	X(SHARED, "know the length of")

enum journal_failure {
	FAILURE_NONE,
#define FAILURE_ENUM(name, words) FAILURE_##name,
	JOURNAL_FAILURE_MAP(FAILURE_ENUM)
#undef FAILURE_ENUM
};

/* Nothing written, nothing failed. */
void journal_shared_init(struct journal_shared *shared);

/* Store a failure with the value of errno, unless there is one already. */
void journal_shared_fail(struct journal_shared *shared,
                         enum journal_failure failure);

/* The action of the first failure, "write to"; NULL if nothing has failed.
 * *error receives the errno of the failure. */
const char *journal_shared_failure(const struct journal_shared *shared,
                                   int *error);

#endif
