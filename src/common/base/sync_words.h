/* How far a file that several processes write to has been synced. The words are
 * in memory that these processes share; see journal/sync.h. A task may write
 * there, so all but synced_at are checked words. */
#ifndef COHORT_COMMON_BASE_SYNC_WORDS_H
#define COHORT_COMMON_BASE_SYNC_WORDS_H

#include <stdatomic.h>
#include <stdint.h>

struct sync_words {
	/* How often the file has changed. Changes between the beginnings of two
	 * syncs count as one, so that writers do not all write here. */
	_Atomic uint64_t changes;
	_Atomic uint64_t begun;     /* changes for which a sync has begun */
	_Atomic uint64_t synced;    /* changes that are on the disk */
	_Atomic uint64_t synced_at; /* when a sync has begun last, in ns */
	_Atomic uint64_t failed; /* a sync has failed; see journal_shared.h */
};

#endif
