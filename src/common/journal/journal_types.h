/* The contents of a journal. These structs have no source file: every part of
 * the folder uses them, and so does the sweep. */
#ifndef COHORT_COMMON_JOURNAL_JOURNAL_TYPES_H
#define COHORT_COMMON_JOURNAL_JOURNAL_TYPES_H

#include "cohort.h"
#include "common/base/param_sets.h"
#include "common/base/sync_words.h"

/* A later run can use the finished tasks only if all of this is the same there;
 * a sweep may allow another program. All fields have 64 bits, so there is no
 * padding; the journal's `identity` file contains this struct as it is in
 * memory. */
struct journal_identity {
	uint64_t param_bytes; /* in a parameter set; see journal_identify */
	uint64_t identity[2]; /* XXH3-128 of the job's identity: low, high */
	uint64_t program[2];  /* XXH3-128 of the executable: low, high */
};

/* A sweep on the root, for which a journal is opened. */
struct journal_sweep {
	struct journal_identity identity;
	/* They must exist until the journal has been read. */
	struct param_sets sets;
	uint64_t seed;     /* of the job */
	bool rebuilt_ok;   /* another program's journal is used too */
	bool rerun_failed; /* records of failed tasks are not used */
};

/* Identifies a journal, and one run of the program that uses it. The root sends
 * it to the other ranks as bytes; every byte is set. */
struct journal_run {
	uint64_t id[2];      /* random, drawn when the journal was made */
	uint64_t run;        /* number of the run, from 1 */
	uint64_t seed;       /* of the job */
	uint64_t count;      /* parameter sets of the sweep */
	uint64_t program[2]; /* XXH3-128 of the executable: low, high */
};

/* Flags of a record. A record with neither of the first two is good for every
 * equal parameter set, at any index and with any seed. */
enum {
	/* The task asked for its index: good at this index only. */
	JOURNAL_OF_INDEX = 1,
	/* The task asked for its seed: good with the seed of its run only. Has
	 * JOURNAL_OF_INDEX, too. */
	JOURNAL_OF_SEED = 2,
	/* Its run ran failed tasks again: it takes the place of earlier runs'
	 * records of the task that have failed; see replaced.h. */
	JOURNAL_RERUN = 4,
	JOURNAL_FLAGS = 7
};

/* A finished task. Sizes have 64 bits, as on disk. */
struct journal_record {
	uint64_t index; /* of the parameter set */
	uint64_t bytes; /* of the result */
	const void *data;
	const char *error; /* the failure's sentence; NULL or "": none */
	double seconds;    /* that the task took */
	int32_t rank;      /* that ran it */
	int32_t status;    /* a cohort_status */
	int32_t attempts;
	uint32_t flags;
	uint64_t digest[2]; /* XXH3-128 of the parameter set: low, high */
};

/* Ranks of one machine that write to one file. */
struct journal_peers {
	/* In memory that they and their forked children share. The first rank
	 * initialises it in journal_writer_share. */
	struct sync_words *words;
	int ranks;     /* of all machines */
	bool first;    /* this is the rank that makes the file */
	uint64_t most; /* larger records go to a file of the rank alone; 0: the
	                * system's limit decides */
};

/* Where a record is: bytes before it in its file and in the files that are read
 * before that one. 0: there is no record. */
struct journal_place {
	uint64_t at;
};

/* Receives a record while a journal is read. `record` with its data and its
 * error is valid during the call only; data are not aligned, error is never
 * NULL. Any status but COHORT_OK ends the reading, which returns it. */
typedef cohort_status journal_take(void *arg,
                                   const struct journal_record *record);

#endif
