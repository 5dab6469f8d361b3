/*
 * What a journal's files consist of: blocks, each with a checksum of its own,
 * so that a block which is there in full and does not check has been damaged,
 * and only one that is not there in full has been cut. As in memory, in the
 * byte order of the machine, which the files' heads have a mark of.
 */
#ifndef COHORT_COMMON_JOURNAL_FORMAT_H
#define COHORT_COMMON_JOURNAL_FORMAT_H

#include "journal.h"

#include <assert.h>

enum { FORMAT_VERSION = 1, FORMAT_MARK = 0x01020304 };

#define FORMAT_IDENTITY_MAGIC "cohort-j"
#define FORMAT_TASKS_MAGIC "cohort-t"
#define FORMAT_RECORD_MAGIC "task"

/* How every file of every version begins. `bytes` counts all of the block, of
 * which the last 8 are the checksum. */
struct format_head {
	char magic[8];
	uint32_t mark;
	uint32_t version;
	uint64_t bytes;
	uint64_t id[2];
};

struct format_identity {
	struct format_head head;
	struct journal_identity identity;
	uint64_t checksum;
};

/* Of a record file. */
struct format_tasks {
	struct format_head head;
	uint32_t run;
	int32_t rank;
	uint64_t checksum;
};

/* Before the result's bytes and the sentence's, with its 0. */
struct format_record {
	char magic[4];
	int32_t status;
	uint64_t index;
	uint64_t bytes;
	uint64_t error_bytes; /* 0: no sentence */
	double seconds;
	int32_t rank;
	int32_t attempts;
	uint64_t body;     /* checksum of what follows the header */
	uint64_t checksum; /* of the header before it */
};

static_assert(sizeof(struct format_identity) == 104, "no padding");
static_assert(sizeof(struct format_tasks) == 56, "no padding");
static_assert(sizeof(struct format_record) == 64, "no padding");

enum format_verdict {
	FORMAT_GOOD,
	FORMAT_DAMAGED,
	FORMAT_OTHER_VERSION, /* and whole */
	FORMAT_OTHER_ORDER    /* and whole, for another machine */
};

struct format_identity
format_make_identity(const uint64_t id[2],
                     const struct journal_identity *identity);
struct format_tasks format_make_tasks(const struct journal_run *run, int rank);
struct format_record format_make_record(const struct journal_record *record);

/* Whether `got` bytes begin with a block of `bytes` bytes as the version that
 * we write has them. */
enum format_verdict format_check(const void *block, size_t got,
                                 const char *magic, size_t bytes);

/* Whether 64 bytes are a record's header, of a sweep of `count` tasks; read
 * into `out`. */
bool format_read_record(const void *bytes, uint64_t count,
                        struct format_record *out);

/* Bytes behind a header that was read. */
uint64_t format_body_bytes(const struct format_record *record);

/* Whether these are the bytes behind it. */
bool format_check_body(const struct format_record *record, const void *body);

#endif
