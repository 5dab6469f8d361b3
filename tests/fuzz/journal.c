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
#include "common/journal/format.h"
#include "common/journal/format_1.h"
#include "common/journal/hash.h"
#include "common/journal/lock.h"
#include "common/journal/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { COUNT = 1000, RANK = 5 };

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

static void compare(struct reading *reading, uint32_t version,
                    const struct journal_record *record)
{
	const size_t header_bytes = format_record_bytes(version);

	if (reading->at == 0)
		reading->at = format_bytes(FORMAT_TASKS_MAGIC, version);
	const uint8_t *written = reading->bytes + reading->at;
	const uint64_t error_bytes = version == FORMAT_VERSION
	                                 ? compare_header(written, record)
	                                 : compare_header_1(written, record);
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
			compare(&reading, scan.head.head.version, &record);
	}
	window_close(&scan.window);
	MUST(status == COHORT_OK || status == COHORT_ECORRUPT);
	*whole = scan.window.offset;
	if (status == COHORT_OK)
		MUST(*whole <= count &&
		     (reading.records == 0 || *whole == reading.at));
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
	memcpy(record.magic, FORMAT_RECORD_MAGIC, 4);
	record.bytes &= 0xff;
	record.error_bytes &= 0x3f;
	record.index %= COUNT + 1;
	record.status = (int32_t)((uint32_t)record.status % 16);
	memcpy(header, &record, sizeof(record));
	return (size_t)(record.bytes + record.error_bytes);
}

static void repair_flags(uint8_t *header)
{
	struct format_record record;

	memcpy(&record, header, sizeof(record));
	record.flags &= JOURNAL_FLAGS;
	record.unused = 0;
	memcpy(header, &record, sizeof(record));
}

static void repair_records(uint8_t *bytes, size_t count, uint32_t version)
{
	const size_t header_bytes = format_record_bytes(version);
	size_t at = format_bytes(FORMAT_TASKS_MAGIC, version);

	while (count - at >= header_bytes) {
		uint8_t *header = bytes + at;
		const size_t body = repair_sizes(header);
		const size_t left = count - at - header_bytes;
		if (version == FORMAT_VERSION)
			repair_flags(header);
		if (body <= left) {
			const uint64_t sum =
			    hash_64(header + header_bytes, body);
			memcpy(header + header_bytes - 16, &sum, sizeof(sum));
		}
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

/* Both versions stay what they are. */
static void repair_tasks(uint8_t *bytes, size_t count)
{
	const struct format_tasks head = format_make_tasks(&run, RANK);
	const struct format_1_tasks old = head_1();
	struct format_head there;

	if (count < sizeof(head))
		return;
	memcpy(&there, bytes, sizeof(there));
	if (there.version == FORMAT_1_VERSION) {
		memcpy(bytes, &old, sizeof(old));
		repair_records(bytes, count, FORMAT_1_VERSION);
	} else {
		memcpy(bytes, &head, sizeof(head));
		repair_records(bytes, count, FORMAT_VERSION);
	}
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

size_t make_seed(int n, uint8_t *out)
{
	static const char *const texts[] = {
	    "lprocess 12 on a-host.example\n", "lprocess -1 on x y",
	    "ntasks-1-0", "ntasks-007-0", "ntasks-4294967295-2147483647"};
	const struct journal_identity identity = {8, {1, 2}, {3, 4}};
	const struct format_identity block =
	    format_make_identity(run.id, &identity);
	const struct format_tasks head = format_make_tasks(&run, RANK);
	size_t used = 1;

	if (n < 5)
		return (size_t)snprintf((char *)out, SEED_BYTES, "%s",
		                        texts[n]);
	*out = n == 5 ? 'i' : 't';
	if (n == 5) {
		memcpy(out + 1, &block, sizeof(block));
		return 1 + sizeof(block);
	}
	memcpy(out + 1, &head, sizeof(head));
	used += sizeof(head);
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
		const struct format_record block_of =
		    format_make_record(&record);
		memcpy(out + used, &block_of, sizeof(block_of));
		used += sizeof(block_of);
		memcpy(out + used, out, (size_t)record.bytes);
		used += (size_t)record.bytes;
		memcpy(out + used, "no", (size_t)block_of.error_bytes);
		used += (size_t)block_of.error_bytes;
	}
	return n < SEEDS ? used : 0;
}
