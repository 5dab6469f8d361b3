/*
 * Syncs a record file to the disk within a second after each change. Words that
 * all its writers share count how often the file has changed, and which change
 * was synced last. A thread compares the two numbers, so a child that writes
 * does not have to notify it. If several ranks write to the file, each has a
 * thread, and the first one that finds that a second has passed syncs for all
 * of them. So it does not matter which of them die. If a task has written to
 * the words, the file counts as changed.
 */
#ifndef COHORT_COMMON_JOURNAL_SYNC_H
#define COHORT_COMMON_JOURNAL_SYNC_H

#include "common/base/sync_words.h"
#include "file.h"

#include <pthread.h>
#include <stdbool.h>

struct journal_sync {
	int fd;
	const struct file_identity *file;
	struct sync_words *words;
	_Atomic uint64_t *failed; /* of this process; see writer_state.h */
	bool threaded;            /* a thread runs, in the process that called
	                * sync_start; forked children have a copy of this */
	bool stop; /* protected by the mutex, as is the condition */
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	pthread_t thread;
};

/* Start the thread. If that is not possible, sync_written syncs the file.
 * `failed` receives failures too. */
void sync_start(struct journal_sync *sync, int fd,
                const struct file_identity *file, struct sync_words *words,
                _Atomic uint64_t *failed);

/* Count a change that has been made to the file. */
void sync_changed(struct sync_words *words);

/* Must be called after each record that was written. */
void sync_written(struct journal_sync *sync);

/* This rank has appended up to `to` of its bytes, the last ones from `from` on.
 * Each time that it is a megabyte more, let the system begin to write the file
 * to the disk: the next sync waits for less then. Waits for nothing, and what
 * fails shows in the sync. */
void sync_begin_writing(int fd, uint64_t from, uint64_t to);

/* Sync the file now if it has changed since the last sync. A failure is stored
 * in the words. After a failure nothing is synced any more: the system
 * has dropped the data by then, and a second try would succeed without them. */
void sync_now(struct journal_sync *sync);

/* End the thread. Must not be called in a forked copy of the process. */
void sync_stop(struct journal_sync *sync);

#endif
