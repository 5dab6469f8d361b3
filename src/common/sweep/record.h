/*
 * A finished task, in the form in which results are kept and travel between
 * ranks: a header, the result's bytes, and the sentence of a failure. Each of
 * the three is padded, so that the next begins at an address aligned for any
 * type.
 */
#ifndef COHORT_COMMON_SWEEP_RECORD_H
#define COHORT_COMMON_SWEEP_RECORD_H

#include "cohort.h"

struct record {
	uint64_t index;
	uint64_t bytes;       /* of the result */
	uint64_t error_bytes; /* of the sentence, with its 0; 0: no sentence */
	double seconds;
	int32_t rank;
	int32_t status;
	int32_t attempts;
	int32_t loaded; /* 1: an earlier run made it, and a journal kept it */
};

enum {
	RECORD_ALIGNMENT = _Alignof(max_align_t),
	RECORD_HEADER_BYTES = (sizeof(struct record) + RECORD_ALIGNMENT - 1) /
	                      RECORD_ALIGNMENT * RECORD_ALIGNMENT
};

/* `bytes`, and the padding behind them. */
static inline size_t record_padded(size_t bytes)
{
	return (bytes + RECORD_ALIGNMENT - 1) / RECORD_ALIGNMENT *
	       RECORD_ALIGNMENT;
}

/* Bytes of a record with a result and a sentence of these sizes. */
static inline size_t record_size(size_t bytes, size_t error_bytes)
{
	return RECORD_HEADER_BYTES + record_padded(bytes) +
	       record_padded(error_bytes);
}

/* The result's place in a record that begins at `start`. */
static inline unsigned char *record_result(unsigned char *start)
{
	return start + RECORD_HEADER_BYTES;
}

/* Write a record to `start`, whose result is there already. `error` has
 * record->error_bytes bytes; a record with a sentence has no result. */
void record_write(unsigned char *start, const struct record *record,
                  const char *error);

/* The record at records + *offset, its result (NULL if it has no bytes) and its
 * sentence ("" if it has none). Moves *offset to the next record. */
const struct record *record_read(const unsigned char *records, size_t *offset,
                                 const void **data, const char **error);

#endif
