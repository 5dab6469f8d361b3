#include "format.h"

#include "format_1.h"
#include "hash.h"

#include <string.h>

enum { CHECKSUM_BYTES = sizeof(uint64_t) };

/* So small that sums of two sizes do not overflow. */
static const uint64_t body_limit = INT64_MAX / 4;

uint64_t format_checksum(const void *block, size_t bytes)
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
	block.checksum = format_checksum(&block, sizeof(block));
	return block;
}

struct format_tasks format_make_tasks(const struct journal_run *run, int rank)
{
	struct format_tasks block = {
	    .head = make_head(FORMAT_TASKS_MAGIC, sizeof(block), run->id),
	    .run = (uint32_t)run->run,
	    .rank = rank,
	    .seed = run->seed,
	    .count = run->count,
	    .program = {run->program[0], run->program[1]},
	};
	block.checksum = format_checksum(&block, sizeof(block));
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
	    .digest = {record->digest[0], record->digest[1]},
	    .flags = record->flags,
	};
	memcpy(block.magic, FORMAT_RECORD_MAGIC, sizeof(block.magic));
	block.body = hash_64_of_two(record->data, (size_t)record->bytes, error,
	                            (size_t)block.error_bytes);
	block.checksum = format_checksum(&block, sizeof(block));
	return block;
}

/* A number of a block in this machine's byte order. */
static uint64_t own_order(uint64_t word, bool swapped)
{
	return swapped ? __builtin_bswap64(word) : word;
}

size_t format_bytes(const char *magic, uint32_t version)
{
	const bool identity =
	    !memcmp(magic, FORMAT_IDENTITY_MAGIC, sizeof(uint64_t));

	if (version == FORMAT_VERSION)
		return identity ? sizeof(struct format_identity)
		                : sizeof(struct format_tasks);
	if (version == FORMAT_1_VERSION)
		return identity ? sizeof(struct format_1_identity)
		                : sizeof(struct format_1_tasks);
	return 0;
}

enum format_verdict format_check(const void *block, size_t got,
                                 const char *magic)
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
	if (own_order(sum, swapped) != format_checksum(block, (size_t)length))
		return FORMAT_DAMAGED;
	if (swapped)
		return FORMAT_OTHER_ORDER;
	const size_t expected = format_bytes(magic, head.version);
	if (expected == 0)
		return FORMAT_OTHER_VERSION;
	return length == expected ? FORMAT_GOOD : FORMAT_DAMAGED;
}

/* What version 1 does not have is 0. */
static struct format_tasks convert_tasks_1(const void *bytes)
{
	struct format_1_tasks old;

	memcpy(&old, bytes, sizeof(old));
	return (struct format_tasks){
	    .head = old.head,
	    .run = old.run,
	    .rank = old.rank,
	};
}

/* It is unknown whether the task asked for its index and its seed, so the flags
 * say that it did. */
static struct format_record convert_record_1(const void *bytes)
{
	struct format_1_record old;

	memcpy(&old, bytes, sizeof(old));
	return (struct format_record){
	    .status = old.status,
	    .index = old.index,
	    .bytes = old.bytes,
	    .error_bytes = old.error_bytes,
	    .seconds = old.seconds,
	    .rank = old.rank,
	    .attempts = old.attempts,
	    .flags = JOURNAL_OF_INDEX | JOURNAL_OF_SEED,
	    .body = old.body,
	    .checksum = old.checksum,
	};
}

void format_read_tasks(const void *block, struct format_tasks *out)
{
	struct format_head head;

	memcpy(&head, block, sizeof(head));
	if (head.version == FORMAT_1_VERSION)
		*out = convert_tasks_1(block);
	else
		memcpy(out, block, sizeof(*out));
}

size_t format_record_bytes(uint32_t version)
{
	return version == FORMAT_1_VERSION ? sizeof(struct format_1_record)
	                                   : sizeof(struct format_record);
}

bool format_read_record(const void *bytes, uint32_t version, uint64_t count,
                        struct format_record *out)
{
	const size_t size = format_record_bytes(version);
	struct format_record record;
	uint64_t sum;

	memcpy(&sum, (const char *)bytes + size - sizeof(sum), sizeof(sum));
	if (memcmp(bytes, FORMAT_RECORD_MAGIC, sizeof(record.magic)) ||
	    sum != format_checksum(bytes, size))
		return false;
	if (version == FORMAT_1_VERSION)
		record = convert_record_1(bytes);
	else
		memcpy(&record, bytes, sizeof(record));
	if (record.index >= count || record.bytes > body_limit ||
	    record.error_bytes > body_limit ||
	    (record.flags & ~(uint32_t)JOURNAL_FLAGS) || record.unused ||
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
