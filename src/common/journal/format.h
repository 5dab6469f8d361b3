/*
 * The blocks that a journal's files consist of. Each block has a checksum of
 * its own. So a block that is complete and does not check has been damaged, and
 * only an incomplete block has been cut short. Blocks are stored as they are in
 * memory, in the machine's byte order; the head of each file has a mark that
 * shows the order.
 *
 * This is version 2 of the format. Blocks of version 1 (format_1.h) are read,
 * too, and returned as blocks of version 2. Record files that several ranks
 * append to have version 3 and the same head. format_record.h has the records.
 */
#ifndef COHORT_COMMON_JOURNAL_FORMAT_H
#define COHORT_COMMON_JOURNAL_FORMAT_H

#include "format_head.h"
#include "journal_types.h"

#include <assert.h>

enum { FORMAT_VERSION = 2, FORMAT_SHARED_VERSION = 3 };

/* The file `identity`. */
struct format_identity {
	struct format_head head;
	struct journal_identity identity;
	uint64_t checksum; /* of the fields before it */
};

/* The beginning of a record file. */
struct format_tasks {
	struct format_head head;
	uint32_t run;
	int32_t rank;
	uint64_t seed;       /* of the job in this run */
	uint64_t count;      /* parameter sets in this run */
	uint64_t program[2]; /* that made this run, XXH3-128: low, high */
	uint64_t checksum;   /* of the fields before it */
};

static_assert(sizeof(struct format_identity) == 88, "no padding");
static_assert(sizeof(struct format_tasks) == 88, "no padding");

enum format_verdict {
	FORMAT_GOOD,
	FORMAT_DAMAGED,
	FORMAT_OTHER_VERSION, /* complete, its checksum is right */
	FORMAT_OTHER_ORDER    /* complete, its checksum is right */
};

/* XXH3-64 of a block without its last field, the checksum itself. */
uint64_t format_checksum(const void *block, size_t bytes);

struct format_identity
format_make_identity(const uint64_t id[2],
                     const struct journal_identity *identity);
struct format_tasks format_make_tasks(const struct journal_run *run, int rank);
struct format_tasks format_make_shared(const struct journal_run *run, int rank);
/* Bytes of a block with this magic in this version; 0: there is none. */
size_t format_bytes(const char *magic, uint32_t version);

/* Check a block that begins a file, of which `got` bytes have been read.
 * FORMAT_GOOD: it has this magic, a version that this library reads, and the
 * size that it has in that version. */
enum format_verdict format_check(const void *block, size_t got,
                                 const char *magic);

/* A record file's head that format_check has found good. */
void format_read_tasks(const void *block, struct format_tasks *out);

#endif
