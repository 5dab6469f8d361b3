#include "parse_anew.h"

#include "base/failure.h"
#include "base/memory.h"
#include "task/lines.h"
#include "task/pack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* What is read of one task after another. */
struct reading {
	const char *folder;
	const struct parse *parse;
	struct lines lines;
	struct text last; /* line that was not empty */
	struct parsed parsed;
};

static bool take_bytes(void *arg, enum process_stream stream, const void *bytes,
                       size_t count)
{
	struct reading *reading = arg;

	if (stream == STREAM_OUTPUT)
		lines_add(&reading->lines, bytes, count);
	return true;
}

static void take_line(void *arg, const char *line, size_t length, bool is_cut)
{
	struct reading *reading = arg;

	parse_line(reading->parse, line, length, is_cut, &reading->last,
	           &reading->parsed);
}

/* Reads the lines of a task. False with a sentence if they are lost. */
static bool read_lines(struct reading *reading,
                       const struct task_record *record)
{
	struct text path = {0};

	lines_clear(&reading->lines);
	text_empty(&reading->last);
	text_empty(&reading->parsed.pairs);
	reading->parsed.count = 0;
	reading->parsed.trouble = PARSE_READ;
	if (reading->parse->kind == PARSE_NONE)
		return true;
	text_print(&path, "%s/output-%" PRIu64 "-%d", reading->folder,
	           record->output_run, record->rank);
	const bool good = pack_read(text_string(&path), record->output_offset,
	                            record->output_bytes, take_bytes, reading);
	lines_end(&reading->lines);
	text_free(&path);
	return good;
}

/* Replaces the values of a record, whose strings then are those of `reading`.
 * *error receives the reason if that makes it a failure. */
static void judge(struct reading *reading, struct task_record *record,
                  const char **error)
{
	const bool ended_well = record->end == TASK_OK || record->is_unparsed;
	const bool is_read =
	    read_lines(reading, record) &&
	    (!ended_well ||
	     parse_end(reading->parse, &reading->last, &reading->parsed));

	if (ended_well) {
		record->end = is_read ? TASK_OK : TASK_FAILED;
		record->is_unparsed = !is_read;
		*error = is_read ? "" : failure_sentence();
	}
	record->parse = reading->parse->id;
	record->parsed = reading->parsed.pairs.bytes;
	record->parsed_bytes = reading->parsed.pairs.length;
	record->parsed_count = reading->parsed.count;
}

static void replace(struct outcome *outcome, const struct task_record *record,
                    const char *error, void **owned)
{
	const size_t bytes = task_record_bytes(record);
	const size_t error_bytes = strlen(error) + 1;
	char *copy = memory_new(bytes + error_bytes, 1);

	task_record_write(record, copy);
	memcpy(copy + bytes, error, error_bytes);
	outcome->data = copy;
	outcome->bytes = bytes;
	outcome->error = copy + bytes;
	free(*owned);
	*owned = copy;
}

void parse_anew(const char *folder, const struct parse *parse,
                struct outcome outcomes[], void *owned[], size_t count)
{
	struct reading reading = {
	    .folder = folder,
	    .parse = parse,
	    .lines = {.most = PARSE_LINE_MOST, .take = take_line},
	};

	reading.lines.arg = &reading;
	for (size_t i = 0; i < count; i++) {
		struct task_record record = outcome_record(&outcomes[i]);
		const char *error = outcomes[i].error;
		const bool was_unparsed = record.is_unparsed;

		if (record.rank < 0 || record.parse == parse->id)
			continue;
		judge(&reading, &record, &error);
		replace(&outcomes[i], &record, error, &owned[i]);
		outcomes[i].is_mended = was_unparsed && record.end == TASK_OK;
	}
	lines_free(&reading.lines);
	text_free(&reading.last);
	text_free(&reading.parsed.pairs);
}
