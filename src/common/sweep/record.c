#include "record.h"

#include "common/journal/hash.h"

#include <string.h>

/* Of a record with more bytes only the ends are hashed; see hash_record. */
enum { HASHED_MOST = 128 * 1024, HASHED_END = 64 * 1024 };

/*
 * The hash of all bytes behind the seal. Large records would take as long to
 * hash as to write. The child makes their whole pages unwritable as soon as
 * they are finished (result_store.c), so only the ends have to be hashed: each
 * as long as the largest page of any machine that we know.
 */
static uint64_t hash_record(const unsigned char *start, size_t size)
{
	const unsigned char *hashed = start + sizeof(uint64_t);

	if (size <= HASHED_MOST)
		return hash_64(hashed, size - sizeof(uint64_t));
	return hash_64(hashed, HASHED_END) +
	       hash_64(start + size - HASHED_END, HASHED_END);
}

/* Never 0. */
static uint64_t seal_of(const unsigned char *start, size_t size, uint64_t place,
                        uint64_t key)
{
	const uint64_t placed = (place + 1) * 0x9e3779b97f4a7c15;

	return (hash_record(start, size) ^ placed ^ key) | 1;
}

void record_seal(unsigned char *start, uint64_t place, uint64_t key)
{
	struct record *record = (void *)start;

	record->seal = seal_of(start, record_bytes(record), place, key);
}

bool record_is_sealed(const unsigned char *start, size_t room, uint64_t place,
                      uint64_t key)
{
	const struct record *record = (const void *)start;

	return room >= RECORD_HEADER_BYTES && record_has_room(record, room) &&
	       record->seal == seal_of(start, record_bytes(record), place, key);
}

void record_write(unsigned char *start, const struct record *record,
                  const char *error)
{
	const size_t error_bytes = record->error_bytes;
	unsigned char *sentence =
	    record_result(start) + record_padded((size_t)record->bytes);

	memcpy(start, record, sizeof(*record));
	if (error_bytes == 0)
		return;
	/* The padding is zeroed too: equal results are equal bytes. */
	memset(sentence, 0, record_padded(error_bytes));
	memcpy(sentence, error, error_bytes);
}
