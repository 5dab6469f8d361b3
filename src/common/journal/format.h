/*
 * The blocks that a journal's files consist of. Each block has a checksum of
 * its own. So a block that is complete and does not check has been damaged, and
 * only an incomplete block has been cut short. Blocks are stored as they are in
 * memory, in the machine's byte order; the head of each file has a mark that
 * shows the order.
 *
 * This is version 2 of the format. Blocks of version 1 (format_1.h) are read,
 * too, and returned as blocks of version 2.
 */
#ifndef COHORT_COMMON_JOURNAL_FORMAT_H
#define COHORT_COMMON_JOURNAL_FORMAT_H

#include "format_head.h"
#include "journal_types.h"

#include <assert.h>

enum { FORMAT_VERSION = 2 };

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

/* The header of a record. The result and then the failure's sentence follow
 * it: together they are the record's body. */
struct format_record {
	char magic[4];
	int32_t status;
	uint64_t index;
	uint64_t bytes;       /* of the result */
	uint64_t error_bytes; /* of the sentence with its 0; 0: none */
	double seconds;
	int32_t rank;
	int32_t attempts;
	uint64_t digest[2]; /* XXH3-128 of the parameter set: low, high */
	uint32_t flags;     /* JOURNAL_FLAGS */
	uint32_t unused;    /* 0 */
	uint64_t body;      /* checksum of the body */
	uint64_t checksum;  /* of the header's fields before it */
};

static_assert(sizeof(struct format_identity) == 88, "no padding");
static_assert(sizeof(struct format_tasks) == 88, "no padding");
static_assert(sizeof(struct format_record) == 88, "no padding");

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
struct format_record format_make_record(const struct journal_record *record);

/* Bytes of a block with this magic in this version; 0: there is none. */
size_t format_bytes(const char *magic, uint32_t version);

/* Check a block that begins a file, of which `got` bytes have been read.
 * FORMAT_GOOD: it has this magic, a version that this library reads, and the
 * size that it has in that version. */
enum format_verdict format_check(const void *block, size_t got,
                                 const char *magic);

/* A record file's head that format_check has found good. */
void format_read_tasks(const void *block, struct format_tasks *out);

/* Bytes of a record's header in this version of its file. */
size_t format_record_bytes(uint32_t version);

/* Whether the format_record_bytes at `bytes` are the header of a record in a
 * run with `count` parameter sets. If so, the header is copied to `out`. */
bool format_read_record(const void *bytes, uint32_t version, uint64_t count,
                        struct format_record *out);

/* Bytes of the body of a record whose header has been read. */
uint64_t format_body_bytes(const struct format_record *record);

/* Whether a body with this hash (XXH3-64) and this last byte is that of the
 * record. */
bool format_is_body(const struct format_record *record, uint64_t hash,
                    unsigned char last);

/* Whether `body` is the body of the record. */
bool format_check_body(const struct format_record *record, const void *body);

#endif
