/* The records of record files: a header with a checksum, and the record's body.
 * A file that several ranks append to has headers of its own. */
#ifndef COHORT_COMMON_JOURNAL_FORMAT_RECORD_H
#define COHORT_COMMON_JOURNAL_FORMAT_RECORD_H

#include "format.h"

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

/* The header of a record in a file that several ranks append to. It belongs to
 * this one file: the seed of its checksum is the checksum of the file's head.
 * So no record of another file, which a result may contain, is taken for
 * one. */
struct format_shared_record {
	char magic[4]; /* "void": it was dropped. The checksum is that of the
	                * header with "task" */
	int32_t status;
	uint64_t index;
	uint64_t bytes;
	uint64_t error_bytes;
	double seconds;
	int32_t rank;
	int32_t attempts;
	uint64_t digest[2];
	uint32_t flags;
	int32_t writer;    /* rank that has written it */
	uint64_t before;   /* journal_record_bytes of what that rank has written
	                    * before, without what was dropped */
	uint64_t body;     /* checksum of the body */
	uint64_t checksum; /* of the header's fields before it */
};

/* A header as it was read. */
struct format_found {
	struct format_record record; /* as a block of version 2 */
	/* Of a shared file; else all 0. */
	int32_t writer;
	bool dropped;
	uint64_t before;
};

static_assert(sizeof(struct format_record) == 88, "no padding");
static_assert(sizeof(struct format_shared_record) == 96, "no padding");

struct format_record format_make_record(const struct journal_record *record);

/* The same without the header's checksum. */
struct format_record
format_describe_record(const struct journal_record *record);

/* The same record in a shared file with this head. */
struct format_shared_record
format_share_record(const struct format_tasks *head,
                    const struct format_record *record, int writer,
                    uint64_t before);

/* Bytes of a record's header in this version of its file. */
size_t format_record_bytes(uint32_t version);

/* Whether the 4 bytes at `bytes` begin a record of a shared file, as far as
 * they show. */
bool format_begins_record(const void *bytes);

/* Whether the format_record_bytes at `bytes` are the header of a record in the
 * file with this head. If so, it is copied to `out`. */
bool format_read_record(const void *bytes, const struct format_tasks *head,
                        struct format_found *out);

/* Bytes of a record in a file of one rank, with a result and a sentence of
 * these sizes. */
uint64_t format_single_bytes(uint64_t bytes, uint64_t error_bytes);

/* Bytes of the body of a record whose header has been read. */
uint64_t format_body_bytes(const struct format_record *record);

/* Whether a body with this hash (XXH3-64) and this last byte is that of the
 * record. */
bool format_is_body(const struct format_record *record, uint64_t hash,
                    unsigned char last);

/* Whether `body` is the body of the record. */
bool format_check_body(const struct format_record *record, const void *body);

#endif
