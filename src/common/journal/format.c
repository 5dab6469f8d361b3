#include "format.h"

#include "format_1.h"
#include "hash.h"

#include <string.h>

enum { CHECKSUM_BYTES = sizeof(uint64_t) };

uint64_t format_checksum(const void *block, size_t bytes)
{
	return hash_64(block, bytes - CHECKSUM_BYTES);
}

static struct format_head make_head(const char *magic, uint32_t version,
                                    size_t bytes, const uint64_t id[2])
{
	struct format_head head = {
	    .mark = FORMAT_MARK,
	    .version = version,
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
	    .head = make_head(FORMAT_IDENTITY_MAGIC, FORMAT_VERSION,
	                      sizeof(block), id),
	    .identity = *identity,
	};
	block.checksum = format_checksum(&block, sizeof(block));
	return block;
}

static struct format_tasks make_tasks(const struct journal_run *run, int rank,
                                      uint32_t version)
{
	struct format_tasks block = {
	    .head =
	        make_head(FORMAT_TASKS_MAGIC, version, sizeof(block), run->id),
	    .run = (uint32_t)run->run,
	    .rank = rank,
	    .seed = run->seed,
	    .count = run->count,
	    .program = {run->program[0], run->program[1]},
	};
	block.checksum = format_checksum(&block, sizeof(block));
	return block;
}

struct format_tasks format_make_tasks(const struct journal_run *run, int rank)
{
	return make_tasks(run, rank, FORMAT_VERSION);
}

struct format_tasks format_make_shared(const struct journal_run *run, int rank)
{
	return make_tasks(run, rank, FORMAT_SHARED_VERSION);
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

	if (version == FORMAT_SHARED_VERSION)
		return identity ? 0 : sizeof(struct format_tasks);
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

void format_read_tasks(const void *block, struct format_tasks *out)
{
	struct format_head head;

	memcpy(&head, block, sizeof(head));
	if (head.version == FORMAT_1_VERSION)
		*out = convert_tasks_1(block);
	else
		memcpy(out, block, sizeof(*out));
}
