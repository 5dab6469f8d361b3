/*
 * A finished task, in the form in which results are kept and travel between
 * ranks: a header, the result's bytes, and the sentence of a failure. Each of
 * the three is padded, so that the next begins at an address aligned for any
 * type.
 *
 * A record that a child process writes has a seal: a hash of its bytes, its
 * place, and a key that is another one for each child. The rank accepts records
 * only as far as their seals are right, so a task that wrote to a wrong address
 * cannot change a result unnoticed, and a length that is read has been checked.
 */
#ifndef COHORT_COMMON_SWEEP_RECORD_H
#define COHORT_COMMON_SWEEP_RECORD_H

#include "cohort.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record {
	uint64_t seal; /* 0: the rank itself wrote the record */
	uint64_t index;
	uint64_t bytes; /* of the result */
	double seconds;
	int32_t rank;
	int32_t attempts;
	uint32_t error_bytes; /* of the sentence, with its 0; 0: no sentence */
	int16_t status;
	uint8_t loaded; /* 1: an earlier run made it, and a journal kept it */
	uint8_t asked;  /* by its task, with a journal; see asked.h */
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
 * record->error_bytes bytes. */
void record_write(unsigned char *start, const struct record *record,
                  const char *error);

/* Seal the record at `start`, whose place in the store is `place`. */
void record_seal(unsigned char *start, uint64_t place, uint64_t key);

/* Bytes of the record, if its lengths are possible. */
static inline size_t record_bytes(const struct record *record)
{
	return record_size((size_t)record->bytes, record->error_bytes);
}

/* Whether the record with this header fits into `room` bytes. */
static inline bool record_has_room(const struct record *record, size_t room)
{
	return record->bytes <= room && record->error_bytes <= room &&
	       record_bytes(record) <= room;
}

/* Whether a record of at most `room` bytes begins at `start`, and has the seal
 * that record_seal gave it. Reads nothing behind these bytes. */
bool record_is_sealed(const unsigned char *start, size_t room, uint64_t place,
                      uint64_t key);

/* Whether a record begins at records + offset that ends before records + limit,
 * and whose index is below `count`. */
static inline bool record_fits(const unsigned char *records, size_t offset,
                               size_t limit, size_t count)
{
	const struct record *record = (const void *)(records + offset);

	return offset <= limit && limit - offset >= RECORD_HEADER_BYTES &&
	       record_has_room(record, limit - offset) && record->index < count;
}

/* The record at records + *offset, its result (NULL if it has no bytes) and its
 * sentence ("" if it has none). Moves *offset to the next record. */
static inline const struct record *record_read(const unsigned char *records,
                                               size_t *offset,
                                               const void **data,
                                               const char **error)
{
	const unsigned char *start = records + *offset;
	const struct record *record = (const void *)start;
	const unsigned char *body = start + RECORD_HEADER_BYTES;
	const size_t bytes = (size_t)record->bytes;

	*data = bytes ? body : NULL;
	*error = record->error_bytes ? (const char *)body + record_padded(bytes)
	                             : "";
	*offset += record_size(bytes, record->error_bytes);
	return record;
}

#endif
