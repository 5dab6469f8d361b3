/*
 * The part of a writer that it shares with its forked children: how much of the
 * record file is valid, how much of it is on the disk, and the first failure.
 */
#ifndef COHORT_COMMON_JOURNAL_JOURNAL_SHARED_H
#define COHORT_COMMON_JOURNAL_JOURNAL_SHARED_H

#include "common/base/checked_word.h"
#include "common/base/sync_words.h"

#include <stdbool.h>

/* The caller of journal_writer_open may place it in memory that is mapped
 * shared; only this folder accesses the fields. */
struct journal_shared {
	/* Checked words: files are cut to the number of committed bytes, and
	 * a task in a forked child may write anywhere.
	 *
	 * Bytes of a file's head and of the whole records that this rank has
	 * written. */
	_Atomic uint64_t committed;
	_Atomic uint64_t writing; /* not 0: a process writes, or died writing */
	_Atomic uint64_t failed;  /* first failure, with errno; 0: none */
	/* Of a file that only this rank writes to. */
	struct sync_words words;
};

#define COMMITTED_MOST CHECKED_WORD_MOST

/* Store `bytes`, at most COMMITTED_MOST. */
void journal_shared_commit(struct journal_shared *shared, uint64_t bytes);

/* The bytes; `known` if the word is damaged: what this process has stored last.
 * Processes of a rank write one after another, and the first one begins with
 * what the rank has. */
uint64_t journal_shared_committed(const struct journal_shared *shared,
                                  uint64_t known);

/* A process of this rank begins to write. Returns whether the last one that did
 * has died since then: it has not ended, and the flag stays set. A flag that is
 * damaged counts as set. */
bool journal_shared_begin(struct journal_shared *shared);

/* It has written, and what it has written is committed or dropped. */
void journal_shared_end(struct journal_shared *shared);

/* Whether a process writes, or died writing. */
bool journal_shared_is_writing(const struct journal_shared *shared);

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

/* No failure. */
void journal_shared_init_failure(_Atomic uint64_t *failed);

/* Store a failure with the value of errno, unless there is one already. */
void journal_shared_fail(_Atomic uint64_t *failed,
                         enum journal_failure failure);

/* The same with a failure that is stored in `from`, if there is one. A damaged
 * word has none: a process that has noticed one itself, or read it before,
 * keeps it in memory of its own. */
void journal_shared_learn(_Atomic uint64_t *failed,
                          const _Atomic uint64_t *from);

/* The action of the first failure, "write to"; NULL if nothing has failed.
 * *error receives the errno of the failure. */
const char *journal_shared_failure(const _Atomic uint64_t *failed, int *error);

#endif
