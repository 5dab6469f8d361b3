/* How every file of every version of the format begins. */
#ifndef COHORT_COMMON_JOURNAL_FORMAT_HEAD_H
#define COHORT_COMMON_JOURNAL_FORMAT_HEAD_H

#include <stdint.h>

enum { FORMAT_MARK = 0x01020304 };

#define FORMAT_IDENTITY_MAGIC "cohort-j"
#define FORMAT_TASKS_MAGIC "cohort-t"
#define FORMAT_RECORD_MAGIC "task"
#define FORMAT_DROPPED_MAGIC "void"

struct format_head {
	char magic[8];
	uint32_t mark; /* FORMAT_MARK */
	uint32_t version;
	uint64_t bytes; /* of the block, head and checksum included */
	uint64_t id[2]; /* of the journal */
};

#endif
