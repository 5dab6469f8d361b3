#include "record.h"

#include <string.h>

enum { RECORD_VERSION = 5 };

/* What the bytes begin with; the key and the parsed values follow. */
struct record_head {
	uint32_t version;
	uint32_t end;
	int32_t exit_status;
	int32_t signal;
	int32_t attempts;
	int32_t rank;
	uint32_t parse;
	uint32_t is_unparsed;
	uint64_t index;
	double started;
	double seconds;
	double user;
	double system;
	uint64_t max_rss;
	uint64_t output_run;
	uint64_t output_offset;
	uint64_t output_bytes;
	uint64_t key_bytes;
	uint64_t parsed_bytes;
	uint64_t parsed_count;
};

const char *const task_end_words[TASK_END_COUNT] = {
    [TASK_OK] = "ok",           [TASK_FAILED] = "failed",
    [TASK_CRASHED] = "crashed", [TASK_TIMEOUT] = "timeout",
    [TASK_MEMORY] = "memory",   [TASK_NOT_RUN] = "not run",
};

size_t task_record_bytes(const struct task_record *record)
{
	return sizeof(struct record_head) + record->key_bytes +
	       record->parsed_bytes;
}

void task_record_write(const struct task_record *record, void *bytes)
{
	const struct record_head head = {
	    .version = RECORD_VERSION,
	    .end = (uint32_t)record->end,
	    .exit_status = record->exit_status,
	    .signal = record->signal,
	    .attempts = record->attempts,
	    .rank = record->rank,
	    .parse = record->parse,
	    .is_unparsed = record->is_unparsed,
	    .index = record->index,
	    .started = record->started,
	    .seconds = record->seconds,
	    .user = record->user,
	    .system = record->system,
	    .max_rss = record->max_rss,
	    .output_run = record->output_run,
	    .output_offset = record->output_offset,
	    .output_bytes = record->output_bytes,
	    .key_bytes = record->key_bytes,
	    .parsed_bytes = record->parsed_bytes,
	    .parsed_count = record->parsed_count,
	};
	char *at = bytes;

	memcpy(at, &head, sizeof(head));
	at += sizeof(head);
	if (record->key_bytes > 0)
		memcpy(at, record->key, record->key_bytes);
	if (record->parsed_bytes > 0)
		memcpy(at + record->key_bytes, record->parsed,
		       record->parsed_bytes);
}

/* Whether the bytes are `count` strings, the last one ended. */
static bool are_strings(const char *bytes, size_t length, uint64_t count)
{
	uint64_t found = 0;

	for (size_t i = 0; i < length; i++)
		found += bytes[i] == '\0';
	return found == count && (length == 0 || bytes[length - 1] == '\0');
}

bool task_record_read(const void *bytes, size_t count, struct task_record *out)
{
	struct record_head head;

	if (count < sizeof(head))
		return false;
	memcpy(&head, bytes, sizeof(head));
	const size_t rest = count - sizeof(head);
	const char *key = (const char *)bytes + sizeof(head);
	if (head.version != RECORD_VERSION || head.end >= TASK_END_COUNT ||
	    head.key_bytes > rest ||
	    head.parsed_bytes != rest - head.key_bytes ||
	    (head.key_bytes > 0 && key[head.key_bytes - 1] != '\0') ||
	    head.parsed_count > rest ||
	    !are_strings(key + head.key_bytes, (size_t)head.parsed_bytes,
	                 2 * head.parsed_count))
		return false;
	*out = (struct task_record){
	    .end = (enum task_end)head.end,
	    .exit_status = head.exit_status,
	    .signal = head.signal,
	    .attempts = head.attempts,
	    .rank = head.rank,
	    .parse = head.parse,
	    .is_unparsed = head.is_unparsed != 0,
	    .index = head.index,
	    .started = head.started,
	    .seconds = head.seconds,
	    .user = head.user,
	    .system = head.system,
	    .max_rss = head.max_rss,
	    .output_run = head.output_run,
	    .output_offset = head.output_offset,
	    .output_bytes = head.output_bytes,
	    .key = key,
	    .key_bytes = (size_t)head.key_bytes,
	    .parsed = key + head.key_bytes,
	    .parsed_bytes = (size_t)head.parsed_bytes,
	    .parsed_count = (size_t)head.parsed_count,
	};
	return true;
}
