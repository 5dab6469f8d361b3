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
	NOTED_ASSIGNED = 256   /* it is the result of the set `index` */
};

enum { NOTED_FLAG_BITS = 9 };

struct noted_record {
	uint64_t index; /* at which it was made */
	/* The flags, and above them the position of the first set that has its
	 * digest; with NOTED_HOME it may be 0 until it is needed. */
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

static inline uint64_t noted_first(const struct noted_record *record)
{
	return record->word >> NOTED_FLAG_BITS;
}

/* Add a record. False if there is no memory. */
bool noted_add(struct noted_records *noted, uint64_t index, unsigned flags,
               uint64_t first);

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
