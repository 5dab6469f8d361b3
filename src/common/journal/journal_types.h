/* The contents of a journal. These structs have no source file: every part of
 * the folder uses them, and so does the sweep. */
#ifndef COHORT_COMMON_JOURNAL_JOURNAL_TYPES_H
#define COHORT_COMMON_JOURNAL_JOURNAL_TYPES_H

#include "cohort.h"

/* A later run can use the finished tasks only if all of this is the same there.
 * All fields have 64 bits, so there is no padding; the journal's `identity`
 * file contains this struct as it is in memory. */
struct journal_identity {
	uint64_t count;       /* parameter sets */
	uint64_t param_bytes; /* in each of them */
	uint64_t seed;        /* of the job */
	uint64_t params[2];   /* XXH3-128 of all parameter sets: low, high */
	uint64_t program[2];  /* XXH3-128 of the executable: low, high */
};

/* Identifies a journal, and one run of the program that uses it. The root sends
 * it to the other ranks as bytes; every byte is set. */
struct journal_run {
	uint64_t id[2]; /* random, drawn when the journal was made */
	uint64_t run;   /* number of the run, from 1 */
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
};

/* Receives a record while a journal is read. `record` with its data and its
 * error is valid during the call only; data are not aligned, error is never
 * NULL. Any status but COHORT_OK ends the reading, which returns it. */
typedef cohort_status journal_take(void *arg,
                                   const struct journal_record *record);

#endif
