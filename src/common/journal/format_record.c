#include "format_record.h"

#include "format_1.h"
#include "hash.h"

#include <string.h>

enum { RECORD_CHECKSUM_BYTES = sizeof(uint64_t) };

/* So small that sums of two sizes do not overflow. */
static const uint64_t body_limit = INT64_MAX / 4;

struct format_record format_describe_record(const struct journal_record *record)
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
	return block;
}

struct format_record format_make_record(const struct journal_record *record)
{
	struct format_record block = format_describe_record(record);

	block.checksum = format_checksum(&block, sizeof(block));
	return block;
}

/* Of a header in the shared file with this head. */
static uint64_t shared_checksum(const struct format_tasks *head,
                                const struct format_shared_record *record)
{
	return hash_64_seeded(record, sizeof(*record) - RECORD_CHECKSUM_BYTES,
	                      head->checksum);
}

struct format_shared_record
format_share_record(const struct format_tasks *head,
                    const struct format_record *record, int writer,
                    uint64_t before)
{
	struct format_shared_record block = {
	    .status = record->status,
	    .index = record->index,
	    .bytes = record->bytes,
	    .error_bytes = record->error_bytes,
	    .seconds = record->seconds,
	    .rank = record->rank,
	    .attempts = record->attempts,
	    .digest = {record->digest[0], record->digest[1]},
	    .flags = record->flags,
	    .writer = writer,
	    .before = before,
	    .body = record->body,
	};
	memcpy(block.magic, FORMAT_RECORD_MAGIC, sizeof(block.magic));
	block.checksum = shared_checksum(head, &block);
	return block;
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

size_t format_record_bytes(uint32_t version)
{
	switch (version) {
	case FORMAT_1_VERSION:
		return sizeof(struct format_1_record);
	case FORMAT_SHARED_VERSION:
		return sizeof(struct format_shared_record);
	default:
		return sizeof(struct format_record);
	}
}

bool format_begins_record(const void *bytes)
{
	const size_t count = sizeof(((struct format_record *)NULL)->magic);

	return !memcmp(bytes, FORMAT_RECORD_MAGIC, count) ||
	       !memcmp(bytes, FORMAT_DROPPED_MAGIC, count);
}

/* A header of version 1 or 2, if its magic and its checksum are right. */
static bool read_single(const void *bytes, uint32_t version,
                        struct format_record *out)
{
	const size_t size = format_record_bytes(version);
	uint64_t sum;

	memcpy(&sum, (const char *)bytes + size - sizeof(sum), sizeof(sum));
	if (memcmp(bytes, FORMAT_RECORD_MAGIC, sizeof(out->magic)) ||
	    sum != format_checksum(bytes, size))
		return false;
	if (version == FORMAT_1_VERSION)
		*out = convert_record_1(bytes);
	else
		memcpy(out, bytes, sizeof(*out));
	return true;
}

/* The same in a shared file. */
static bool read_shared(const void *bytes, const struct format_tasks *head,
                        struct format_found *out)
{
	struct format_shared_record record;

	if (!format_begins_record(bytes))
		return false;
	memcpy(&record, bytes, sizeof(record));
	out->dropped = memcmp(record.magic, FORMAT_RECORD_MAGIC,
	                      sizeof(record.magic)) != 0;
	memcpy(record.magic, FORMAT_RECORD_MAGIC, sizeof(record.magic));
	if (record.checksum != shared_checksum(head, &record))
		return false;
	out->writer = record.writer;
	out->before = record.before;
	out->record = (struct format_record){
	    .status = record.status,
	    .index = record.index,
	    .bytes = record.bytes,
	    .error_bytes = record.error_bytes,
	    .seconds = record.seconds,
	    .rank = record.rank,
	    .attempts = record.attempts,
	    .digest = {record.digest[0], record.digest[1]},
	    .flags = record.flags,
	    .body = record.body,
	    .checksum = record.checksum,
	};
	return true;
}

bool format_read_record(const void *bytes, const struct format_tasks *head,
                        struct format_found *out)
{
	const uint32_t version = head->head.version;
	struct format_found found = {0};
	const struct format_record *record = &found.record;

	if (version == FORMAT_SHARED_VERSION
	        ? !read_shared(bytes, head, &found)
	        : !read_single(bytes, version, &found.record))
		return false;
	if (record->index >= head->count || record->bytes > body_limit ||
	    record->error_bytes > body_limit ||
	    (record->flags & ~(uint32_t)JOURNAL_FLAGS) || record->unused ||
	    !strcmp(cohort_status_name((cohort_status)record->status),
	            "COHORT_?"))
		return false;
	*out = found;
	return true;
}

uint64_t format_single_bytes(uint64_t bytes, uint64_t error_bytes)
{
	return sizeof(struct format_record) + bytes + error_bytes;
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
