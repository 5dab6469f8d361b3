/* What is kept in memory of each record while a journal is read. */
#ifndef COHORT_COMMON_JOURNAL_NOTED_RECORD_H
#define COHORT_COMMON_JOURNAL_NOTED_RECORD_H

#include "cohort.h"

enum noted_flag {
	NOTED_KNOWN = 1,       /* the sweep has a set with its digest */
	NOTED_HOME = 2,        /* the set at its own index has it */
	NOTED_FAILED = 4,      /* its task failed */
	NOTED_OF_INDEX = 8,    /* good at its own index only */
	NOTED_OF_SEED = 16,    /* good with the seed of its run only */
	NOTED_OTHER_SEED = 32, /* its run had another seed than the sweep */
	NOTED_RERUN = 64,      /* its run ran failed tasks again */
	NOTED_REPLACED = 128,  /* a later record has taken its place */
	NOTED_ASSIGNED = 256   /* it is the result of the set at its position */
};

enum { NOTED_FLAG_BITS = 9 };

struct noted_record {
	/* The flags, and above them a position: with NOTED_HOME that of its
	 * own set, which is the index at which it was made; else that of the
	 * first set that has its digest. With NOTED_ASSIGNED it is that of the
	 * set whose result it is. */
	uint64_t word;
};

/* Records in the order of reading. */
struct noted_records {
	struct noted_record *list;
	uint64_t count;
	uint64_t room;
	uint64_t *runs; /* for each run, the number of its first record */
	uint64_t run_count;
	uint64_t run_room;
	unsigned flags; /* all that any of them has */
};

static inline bool noted_has(const struct noted_record *record,
                             enum noted_flag flag)
{
	return (record->word & (uint64_t)flag) != 0;
}

static inline uint64_t noted_position(const struct noted_record *record)
{
	return record->word >> NOTED_FLAG_BITS;
}

static inline void noted_move(struct noted_record *record, uint64_t position)
{
	const uint64_t flags = ((uint64_t)1 << NOTED_FLAG_BITS) - 1;

	record->word = position << NOTED_FLAG_BITS | (record->word & flags);
}

/* A list with room for one more element of `bytes` bytes behind `count`. NULL
 * if there is no memory. */
void *noted_grow(void *list, uint64_t count, uint64_t *room, size_t bytes);

/* Add a record. False if there is no memory. */
bool noted_add(struct noted_records *noted, unsigned flags, uint64_t position);

/* The records that are added from now on are of the next run. False if there is
 * no memory. */
bool noted_next_run(struct noted_records *noted);

/* Number of the first record of the run that record `number` is of. */
uint64_t noted_run_begin(const struct noted_records *noted, uint64_t number);

/* Give most of the memory of the records before `number` back. They have no
 * flags any more. */
void noted_forget(struct noted_records *noted, uint64_t number);

void noted_free(struct noted_records *noted);

#endif
