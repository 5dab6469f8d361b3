/*
 * Version 1 of the format, which cohort 0.1 wrote. It is only read. Its journal
 * belongs to one sweep: `identity` has a digest of all parameter sets, and the
 * records have the index of the task and no digest.
 */
#ifndef COHORT_COMMON_JOURNAL_FORMAT_1_H
#define COHORT_COMMON_JOURNAL_FORMAT_1_H

#include "format_head.h"

#include <assert.h>

enum { FORMAT_1_VERSION = 1 };

/* The sweep that such a journal is of. */
struct format_1_sweep {
	uint64_t count;       /* parameter sets */
	uint64_t param_bytes; /* in each of them */
	uint64_t seed;        /* of the job */
	uint64_t params[2];   /* XXH3-128 of all parameter sets: low, high */
	uint64_t program[2];  /* XXH3-128 of the executable: low, high */
};

/* The file `identity`. */
struct format_1_identity {
	struct format_head head;
	struct format_1_sweep sweep;
	uint64_t checksum; /* of the fields before it */
};

/* The beginning of a record file. */
struct format_1_tasks {
	struct format_head head;
	uint32_t run;
	int32_t rank;
	uint64_t checksum; /* of the fields before it */
};

/* The header of a record. */
struct format_1_record {
	char magic[4];
	int32_t status;
	uint64_t index;
	uint64_t bytes;       /* of the result */
	uint64_t error_bytes; /* of the sentence with its 0; 0: none */
	double seconds;
	int32_t rank;
	int32_t attempts;
	uint64_t body;     /* checksum of the body */
	uint64_t checksum; /* of the header's fields before it */
};

static_assert(sizeof(struct format_1_identity) == 104, "no padding");
static_assert(sizeof(struct format_1_tasks) == 56, "no padding");
static_assert(sizeof(struct format_1_record) == 64, "no padding");

#endif
