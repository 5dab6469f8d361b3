/*
 * The journal's reader with arbitrary bytes. The first byte of an input selects
 * the meaning of the others: a record file (t), an identity (i), the text of a
 * lock (l), a file's name (n).
 *
 * A record file must be read or refused. Records that are read must be equal to
 * what a writer would have written, and without the incomplete record at the end
 * the file must give the same records. Built for libFuzzer, or with replay.c for
 * the test suite.
 */
#define _GNU_SOURCE
#include "journal.h"

#include "common/journal/directory.h"
#include "common/journal/format_1.h"
#include "common/journal/format_record.h"
#include "common/journal/hash.h"
#include "common/journal/lock.h"
#include "common/journal/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { COUNT = 1000, RANK = 5, MAGIC_BYTES = 4 };

static const struct journal_run run = {
    .id = {11, 22}, .run = 3, .seed = 42, .count = COUNT, .program = {3, 4}};

/* An assertion that -DNDEBUG does not turn off. */
#define MUST(holds)                                                            \
	do {                                                                   \
		if (!(holds)) {                                                \
			fprintf(stderr, "line %d: %s: %s\n", __LINE__, #holds, \
			        cohort_error());                               \
			abort();                                               \
		}                                                              \
	} while (0)

struct reading {
	const uint8_t *bytes;
	uint64_t at; /* where the next record must be; 0: behind the head */
	int records;
};

/* A sentence may be empty or continue after a 0, though no writer of the library
 * writes such a one. */
static uint64_t compare_header(const uint8_t *written,
                               const struct journal_record *record)
{
	const struct format_record header = format_make_record(record);
	struct format_record there;

	memcpy(&there, written, sizeof(there));
	MUST(header.index == there.index && header.bytes == there.bytes);
	MUST(there.error_bytes >= header.error_bytes);
	if (there.error_bytes == header.error_bytes)
		MUST(!memcmp(written, &header, sizeof(header)));
	return there.error_bytes;
}

static uint64_t compare_header_1(const uint8_t *written,
                                 const struct journal_record *record)
{
	const struct format_record header = format_make_record(record);
	struct format_1_record there;

	memcpy(&there, written, sizeof(there));
	MUST(header.index == there.index && header.bytes == there.bytes);
	MUST(!memcmp(&header.seconds, &there.seconds, sizeof(double)) &&
	     header.rank == there.rank && header.attempts == there.attempts &&
	     header.status == there.status);
	MUST(there.error_bytes >= header.error_bytes);
	if (there.error_bytes == header.error_bytes)
		MUST(header.body == there.body);
	MUST(header.flags == (JOURNAL_OF_INDEX | JOURNAL_OF_SEED));
	return there.error_bytes;
}

/* Any number of pieces and records that do not count may be before it. */
static uint64_t compare_shared(struct reading *reading, const struct scan *scan,
                               const struct journal_record *record)
{
	const struct format_record header = format_make_record(record);
	struct format_shared_record there;

	/* A piece may end with the beginning of the next magic. */
	MUST(scan->last.offset + MAGIC_BYTES > reading->at);
	reading->at = scan->last.offset;
	memcpy(&there, reading->bytes + reading->at, sizeof(there));
	MUST(there.error_bytes >= header.error_bytes);
	if (there.error_bytes > header.error_bytes)
		return there.error_bytes;
	const struct format_shared_record again = format_share_record(
	    &scan->head, &header, there.writer, there.before);
	MUST(!memcmp(&there, &again, sizeof(again)));
	return there.error_bytes;
}

static uint64_t compare_any(struct reading *reading, const struct scan *scan,
                            const struct journal_record *record)
{
	const uint8_t *written = reading->bytes + reading->at;

	switch (scan->head.head.version) {
	case FORMAT_SHARED_VERSION:
		return compare_shared(reading, scan, record);
	case FORMAT_VERSION:
		return compare_header(written, record);
	default:
		return compare_header_1(written, record);
	}
}

static void compare(struct reading *reading, const struct scan *scan,
                    const struct journal_record *record)
{
	const uint32_t version = scan->head.head.version;
	const size_t header_bytes = format_record_bytes(version);

	if (reading->at == 0)
		reading->at = format_bytes(FORMAT_TASKS_MAGIC, version);
	const uint64_t error_bytes = compare_any(reading, scan, record);
	const uint8_t *written = reading->bytes + reading->at;
	MUST(record->index < COUNT);
	if (record->bytes > 0)
		MUST(!memcmp(written + header_bytes, record->data,
		             (size_t)record->bytes));
	reading->at += header_bytes + record->bytes + error_bytes;
	reading->records++;
}

static cohort_status scan(const uint8_t *bytes, size_t count, uint64_t *whole,
                          int *records)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("journal", MFD_CLOEXEC);
	struct reading reading = {bytes, 0, 0};
	struct scan scan = {
	    .window =
	        {
	            .fd = fd,
	            .size = count,
	            .path = "fuzzed",
	            .name = "tasks-3-5",
	        },
	    .run = run,
	    .rank = RANK,
	    .count = COUNT,
	};
	struct journal_record record;
	bool more = true;
	MUST(fd >= 0 && !ftruncate(fd, 0) &&
	     pwrite(fd, bytes, count, 0) == (ssize_t)count &&
	     lseek(fd, 0, SEEK_SET) == 0);
	cohort_status status = window_open(&scan.window);
	while (status == COHORT_OK && more) {
		status = scan_next(&scan, &record, &more);
		if (status == COHORT_OK && more)
			compare(&reading, &scan, &record);
	}
	window_close(&scan.window);
	MUST(status == COHORT_OK || status == COHORT_ECORRUPT);
	*whole = scan.window.offset;
	if (status == COHORT_OK)
		MUST(*whole <= count &&
		     (reading.records == 0 || *whole == reading.at ||
		      (*whole > reading.at &&
		       scan.head.head.version == FORMAT_SHARED_VERSION)));
	*records = reading.records;
	return status;
}

static void read_tasks(const uint8_t *bytes, size_t count)
{
	uint64_t whole;
	uint64_t again;
	int records;
	int records_again;

	if (scan(bytes, count, &whole, &records) != COHORT_OK)
		return;
	MUST(scan(bytes, (size_t)whole, &again, &records_again) == COHORT_OK);
	MUST(whole == again && records == records_again);
}

static void read_identity(const uint8_t *bytes, size_t count)
{
	struct format_identity block;

	if (format_check(bytes, count, FORMAT_IDENTITY_MAGIC) != FORMAT_GOOD)
		return;
	memcpy(&block.head, bytes, sizeof(block.head));
	MUST(count >= block.head.bytes);
	if (block.head.version != FORMAT_VERSION)
		return;
	memcpy(&block, bytes, sizeof(block));
	const struct format_identity again =
	    format_make_identity(block.head.id, &block.identity);
	MUST(!memcmp(&block, &again, sizeof(block)));
}

static void read_text(char kind, const uint8_t *bytes, size_t count)
{
	struct lock_holder holder;
	struct tasks_name name;
	char again[TASKS_NAME_BYTES];
	char text[256];

	if (kind == 'l' && lock_parse((const char *)bytes, count, &holder))
		MUST(holder.pid > 0 && strlen(holder.host) < 65);
	if (kind != 'n' || count >= sizeof(text))
		return;
	memcpy(text, bytes, count);
	text[count] = '\0';
	if (!tasks_name_parse(text, &name))
		return;
	tasks_name_print(name, again);
	MUST(!strcmp(text, again) && name.run > 0 && name.rank >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	if (count == 0)
		return 0;
	if (*bytes == 't')
		read_tasks(bytes + 1, count - 1);
	else if (*bytes == 'i')
		read_identity(bytes + 1, count - 1);
	else
		read_text((char)*bytes, bytes + 1, count - 1);
	return 0;
}

/* ---- mutated inputs get right checksums again, or none would be read ---- */

static void seal(uint8_t *block, size_t bytes)
{
	const uint64_t sum = hash_64(block, bytes - sizeof(sum));

	memcpy(block + bytes - sizeof(sum), &sum, sizeof(sum));
}

/* Small numbers, so that most records are possible. Returns the bytes of the
 * record's body. */
static size_t repair_sizes(uint8_t *header)
{
	struct format_1_record record; /* the first fields are the same */

	memcpy(&record, header, sizeof(record));
	if (memcmp(record.magic, FORMAT_DROPPED_MAGIC, MAGIC_BYTES) != 0)
		memcpy(record.magic, FORMAT_RECORD_MAGIC, MAGIC_BYTES);
	record.bytes &= 0xff;
	record.error_bytes &= 0x3f;
	record.index %= COUNT + 1;
	record.status = (int32_t)((uint32_t)record.status % 16);
	memcpy(header, &record, sizeof(record));
	return (size_t)(record.bytes + record.error_bytes);
}

static void repair_flags(uint8_t *header, uint32_t version)
{
	struct format_record record;

	memcpy(&record, header, sizeof(record));
	record.flags &= JOURNAL_FLAGS;
	if (version == FORMAT_VERSION)
		record.unused = 0;
	memcpy(header, &record, sizeof(record));
}

/* A record that does not count stays one. */
static void seal_shared(uint8_t *header, const struct format_tasks *head)
{
	const bool dropped = !memcmp(header, FORMAT_DROPPED_MAGIC, MAGIC_BYTES);
	struct format_shared_record record;

	memcpy(header, FORMAT_RECORD_MAGIC, MAGIC_BYTES);
	memcpy(&record, header, sizeof(record));
	record.checksum = hash_64_seeded(
	    &record, sizeof(record) - sizeof(record.checksum), head->checksum);
	memcpy(header, &record, sizeof(record));
	if (dropped)
		memcpy(header, FORMAT_DROPPED_MAGIC, MAGIC_BYTES);
}

static void repair_records(uint8_t *bytes, size_t count,
                           const struct format_tasks *head)
{
	const uint32_t version = head->head.version;
	const size_t header_bytes = format_record_bytes(version);
	size_t at = format_bytes(FORMAT_TASKS_MAGIC, version);

	while (count - at >= header_bytes) {
		uint8_t *header = bytes + at;
		if (version == FORMAT_SHARED_VERSION &&
		    !format_begins_record(header)) {
			at++; /* a piece of a record */
			continue;
		}
		const size_t body = repair_sizes(header);
		const size_t left = count - at - header_bytes;
		if (version != FORMAT_1_VERSION)
			repair_flags(header, version);
		if (body <= left) {
			const uint64_t sum =
			    hash_64(header + header_bytes, body);
			memcpy(header + header_bytes - 16, &sum, sizeof(sum));
		}
		if (version == FORMAT_SHARED_VERSION)
			seal_shared(header, head);
		else
			seal(header, header_bytes);
		if (body > left)
			return;
		at += header_bytes + body;
	}
}

static struct format_1_tasks head_1(void)
{
	struct format_1_tasks head = {.run = (uint32_t)run.run, .rank = RANK};

	head.head = format_make_tasks(&run, RANK).head;
	head.head.version = FORMAT_1_VERSION;
	head.head.bytes = sizeof(head);
	head.checksum = format_checksum(&head, sizeof(head));
	return head;
}

/* All versions stay what they are. */
static void repair_tasks(uint8_t *bytes, size_t count)
{
	struct format_tasks head = format_make_tasks(&run, RANK);
	const struct format_1_tasks old = head_1();
	struct format_head there;

	if (count < sizeof(head))
		return;
	memcpy(&there, bytes, sizeof(there));
	if (there.version == FORMAT_1_VERSION) {
		memcpy(bytes, &old, sizeof(old));
		head.head = old.head;
	} else {
		if (there.version == FORMAT_SHARED_VERSION)
			head = format_make_shared(&run, RANK);
		memcpy(bytes, &head, sizeof(head));
	}
	repair_records(bytes, count, &head);
}

static void repair_identity(uint8_t *bytes, size_t count)
{
	struct format_head head;

	if (count < sizeof(head))
		return;
	memcpy(&head, bytes, sizeof(head));
	const size_t size = format_bytes(FORMAT_IDENTITY_MAGIC, head.version);
	if (size > 0 && count >= size)
		seal(bytes, size);
}

size_t repair(uint8_t *input, size_t count)
{
	if (count > 1 && *input == 't')
		repair_tasks(input + 1, count - 1);
	if (count > 1 && *input == 'i')
		repair_identity(input + 1, count - 1);
	return count;
}

static size_t put_body(uint8_t *out, const struct format_record *header,
                       const struct journal_record *record)
{
	memcpy(out, record->data, (size_t)header->bytes);
	memcpy(out + header->bytes, "no", (size_t)header->error_bytes);
	return (size_t)format_body_bytes(header);
}

static size_t put_record(uint8_t *out, const struct journal_record *record)
{
	const struct format_record header = format_make_record(record);

	memcpy(out, &header, sizeof(header));
	return sizeof(header) + put_body(out + sizeof(header), &header, record);
}

/* Behind a piece of itself. Some do not count. */
static size_t put_shared(uint8_t *out, const struct format_tasks *head,
                         const struct journal_record *record)
{
	const struct format_record plain = format_make_record(record);
	const struct format_shared_record header = format_share_record(
	    head, &plain, (int)record->index % 3, record->index);
	const size_t piece = record->index * 29 % sizeof(header);

	memcpy(out, &header, piece);
	out += piece;
	memcpy(out, &header, sizeof(header));
	if (record->index % 4 == 3)
		memcpy(out, FORMAT_DROPPED_MAGIC, MAGIC_BYTES);
	return piece + sizeof(header) +
	       put_body(out + sizeof(header), &plain, record);
}

size_t make_seed(int n, uint8_t *out)
{
	static const char *const texts[] = {
	    "lprocess 12 on a-host.example\n", "lprocess -1 on x y",
	    "ntasks-1-0", "ntasks-007-0", "ntasks-4294967295-2147483647"};
	const struct journal_identity identity = {8, {1, 2}, {3, 4}};
	const struct format_identity block =
	    format_make_identity(run.id, &identity);

	if (n < 5)
		return (size_t)snprintf((char *)out, SEED_BYTES, "%s",
		                        texts[n]);
	*out = n == 5 ? 'i' : 't';
	if (n == 5) {
		memcpy(out + 1, &block, sizeof(block));
		return 1 + sizeof(block);
	}
	const bool shared = n >= FIRST_SHARED_SEED;
	const struct format_tasks head = shared ? format_make_shared(&run, RANK)
	                                        : format_make_tasks(&run, RANK);
	memcpy(out + 1, &head, sizeof(head));
	size_t used = 1 + sizeof(head);
	for (int i = 6; i < n; i++) {
		const struct journal_record record = {
		    .index = (uint64_t)i,
		    .bytes = (uint64_t)i % 3 * 8,
		    .data = out,
		    .error = i % 3 ? NULL : "no",
		    .status = i % 3 ? COHORT_OK : COHORT_ETASK,
		    .flags = (uint32_t)i % (JOURNAL_FLAGS + 1),
		    .digest = {(uint64_t)i, 1},
		};
		used += shared ? put_shared(out + used, &head, &record)
		               : put_record(out + used, &record);
	}
	return n < SEEDS ? used : 0;
}
