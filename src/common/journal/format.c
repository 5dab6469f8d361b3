#include "format.h"

#include "hash.h"

#include <string.h>

enum { CHECKSUM_BYTES = sizeof(uint64_t) };

/* So small that sums of two sizes do not overflow. */
static const uint64_t body_limit = INT64_MAX / 4;

/* Of the block without its last field, the checksum itself. */
static uint64_t block_checksum(const void *block, size_t bytes)
{
	return hash_64(block, bytes - CHECKSUM_BYTES);
}

static struct format_head make_head(const char *magic, size_t bytes,
                                    const uint64_t id[2])
{
	struct format_head head = {
	    .mark = FORMAT_MARK,
	    .version = FORMAT_VERSION,
	    .bytes = bytes,
	    .id = {id[0], id[1]},
	};
	memcpy(head.magic, magic, sizeof(head.magic));
	return head;
}

struct format_identity
format_make_identity(const uint64_t id[2],
                     const struct journal_identity *identity)
{
	struct format_identity block = {
	    .head = make_head(FORMAT_IDENTITY_MAGIC, sizeof(block), id),
	    .identity = *identity,
	};
	block.checksum = block_checksum(&block, sizeof(block));
	return block;
}

struct format_tasks format_make_tasks(const struct journal_run *run, int rank)
{
	struct format_tasks block = {
	    .head = make_head(FORMAT_TASKS_MAGIC, sizeof(block), run->id),
	    .run = (uint32_t)run->run,
	    .rank = rank,
	};
	block.checksum = block_checksum(&block, sizeof(block));
	return block;
}

struct format_record format_make_record(const struct journal_record *record)
{
	const char *error = record->error ? record->error : "";
	struct format_record block = {
	    .status = record->status,
	    .index = record->index,
	    .bytes = record->bytes,
	    .error_bytes = *error ? strlen(error) + 1 : 0,
	    .seconds = record->seconds,
	    .rank = record->rank,
	    .attempts = record->attempts,
	};
	memcpy(block.magic, FORMAT_RECORD_MAGIC, sizeof(block.magic));
	block.body = hash_64_of_two(record->data, (size_t)record->bytes, error,
	                            (size_t)block.error_bytes);
	block.checksum = block_checksum(&block, sizeof(block));
	return block;
}

/* A number of a block in this machine's byte order. */
static uint64_t own_order(uint64_t word, bool swapped)
{
	return swapped ? __builtin_bswap64(word) : word;
}

enum format_verdict format_check(const void *block, size_t got,
                                 const char *magic, size_t bytes)
{
	struct format_head head;
	uint64_t sum;

	if (got < sizeof(head) + CHECKSUM_BYTES)
		return FORMAT_DAMAGED;
	memcpy(&head, block, sizeof(head));
	const bool swapped = head.mark == __builtin_bswap32(FORMAT_MARK);
	if (memcmp(head.magic, magic, sizeof(head.magic)) != 0 ||
	    (head.mark != FORMAT_MARK && !swapped))
		return FORMAT_DAMAGED;

	const uint64_t length = own_order(head.bytes, swapped);
	if (length < sizeof(head) + CHECKSUM_BYTES || length > got)
		return FORMAT_DAMAGED;
	memcpy(&sum, (const char *)block + length - CHECKSUM_BYTES,
	       sizeof(sum));
	if (own_order(sum, swapped) != block_checksum(block, (size_t)length))
		return FORMAT_DAMAGED;
	if (swapped)
		return FORMAT_OTHER_ORDER;
	if (head.version != FORMAT_VERSION)
		return FORMAT_OTHER_VERSION;
	return length == bytes ? FORMAT_GOOD : FORMAT_DAMAGED;
}

bool format_read_record(const void *bytes, uint64_t count,
                        struct format_record *out)
{
	struct format_record record;

	memcpy(&record, bytes, sizeof(record));
	if (memcmp(record.magic, FORMAT_RECORD_MAGIC, sizeof(record.magic)) ||
	    record.checksum != block_checksum(&record, sizeof(record)) ||
	    record.index >= count || record.bytes > body_limit ||
	    record.error_bytes > body_limit ||
	    !strcmp(cohort_status_name((cohort_status)record.status),
	            "COHORT_?"))
		return false;
	*out = record;
	return true;
}

uint64_t format_body_bytes(const struct format_record *record)
{
	return record->bytes + record->error_bytes;
}

bool format_is_body(const struct format_record *record, uint64_t hash,
                    unsigned char last)
{
	/* The sentence is used as a string: its last byte must be 0. */
	return hash == record->body && (record->error_bytes == 0 || last == 0);
}

bool format_check_body(const struct format_record *record, const void *body)
{
	const size_t bytes = (size_t)format_body_bytes(record);

	return format_is_body(
	    record, hash_64(body, bytes),
	    bytes > 0 ? ((const unsigned char *)body)[bytes - 1] : 0);
}
