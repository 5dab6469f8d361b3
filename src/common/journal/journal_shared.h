/*
 * The part of a writer that it shares with its forked children: how much of the
 * record file is valid, how much of it is on the disk, and the first failure.
 */
#ifndef COHORT_COMMON_JOURNAL_JOURNAL_SHARED_H
#define COHORT_COMMON_JOURNAL_JOURNAL_SHARED_H

#include "common/base/sync_words.h"

#include <stdbool.h>

/* The caller of journal_writer_open may place it in memory that is mapped
 * shared; only this folder accesses the fields. */
struct journal_shared {
	/* Bytes of a file's head and of the whole records that this rank has
	 * written, with a check; see journal_shared_commit. */
	_Atomic uint64_t committed;
	_Atomic uint32_t writing; /* 1: a process writes, or died writing */
	_Atomic uint32_t failed;  /* first failure, with errno; 0: none */
	/* Of a file that only this rank writes to. */
	struct sync_words words;
};

/* Files are cut to the number of committed bytes, and a task in a forked child
 * may write anywhere. So the word has 24 bits of check. */
#define COMMITTED_MOST (((uint64_t)1 << 40) - 1)

/* Store `bytes`, at most COMMITTED_MOST. */
void journal_shared_commit(struct journal_shared *shared, uint64_t bytes);

/* False if the word is damaged. */
bool journal_shared_committed(const struct journal_shared *shared,
                              uint64_t *bytes);

/* A process of this rank begins to write. Returns whether the last one that did
 * has died since then: it has not ended, and the flag stays set. */
bool journal_shared_begin(struct journal_shared *shared);

/* It has written, and what it has written is committed or dropped. */
void journal_shared_end(struct journal_shared *shared);

/* name, the action that failed */
#define JOURNAL_FAILURE_MAP(X) \
	X(OPEN, "open")        \
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
void journal_shared_init_words(struct sync_words *words);

/* The same, with its words. */
void journal_shared_init(struct journal_shared *shared);

/* Store a failure with the value of errno, unless there is one already. */
void journal_shared_fail(_Atomic uint32_t *failed,
                         enum journal_failure failure);

/* The action of the first failure, "write to"; NULL if nothing has failed.
 * *error receives the errno of the failure. */
const char *journal_shared_failure(const _Atomic uint32_t *failed, int *error);

#endif
