#include "delivery_resumed.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/journal/picked_files.h"

#include <stdlib.h>
#include <string.h>

struct resumed {
	struct picked_files files;
	struct journal_reading *reading; /* while places are noted */
	/* By index; 0 where the journal has no result, and when the
	 * result has been read. */
	struct journal_place places[];
};

/* Returns whether the status is COHORT_OK. */
static bool note_unread(struct delivery *delivery, cohort_status status)
{
	if (status == COHORT_OK || delivery->unread != COHORT_OK)
		return status == COHORT_OK;
	delivery->unread = status;
	memcpy(delivery->unread_sentence, cohort_error(), ERROR_BYTES);
	/* The call may return another failure: that the sweep was stopped. */
	log_line(LOG_WARN, 0, "%s", delivery->unread_sentence);
	return false;
}

cohort_status delivery_resumed_copy(struct delivery *delivery,
                                    const struct journal_record *from,
                                    struct taken_record *out)
{
	const char *error = from->status != COHORT_OK ? from->error : NULL;
	const size_t bytes = (size_t)from->bytes;
	const struct record record = {
	    .index = from->index,
	    .bytes = from->bytes,
	    .seconds = from->seconds,
	    .rank = from->rank,
	    .attempts = from->attempts,
	    .error_bytes = error ? (uint32_t)strlen(error) + 1 : 0,
	    .status = (int16_t)from->status,
	    .loaded = 1,
	};
	size_t next = 0;

	if (!delivery_have_copy(delivery, record_bytes(&record)))
		return error_sys("cohort_scatter: malloc of %zu bytes for a "
		                 "result of the journal",
		                 bytes);
	if (bytes > 0)
		memcpy(record_result(delivery->copy), from->data, bytes);
	record_write(delivery->copy, &record, error);
	out->record =
	    record_read(delivery->copy, &next, &out->data, &out->error);
	out->next = next;
	return COHORT_OK;
}

bool delivery_resumed_pass(struct delivery *delivery, journal_take *take)
{
	return note_unread(
	    delivery, journal_reading_pass(delivery->run->checkpoint.reading,
	                                   PASS_LAST, take, delivery));
}

/* A journal_take. */
static cohort_status note_place(void *arg, const struct journal_record *record)
{
	struct resumed *resumed = arg;

	resumed->places[record->index] =
	    journal_reading_place(resumed->reading);
	return COHORT_OK;
}

bool delivery_resumed_locate(struct delivery *delivery)
{
	const struct sweep_run *run = delivery->run;
	struct resumed *resumed =
	    calloc(1, sizeof(*resumed) +
	                  run->sweep->count * sizeof(resumed->places[0]));

	if (!resumed)
		return note_unread(
		    delivery, error_sys("cohort_scatter: calloc to note which "
		                        "results a journal has"));
	delivery->resumed = resumed;
	resumed->reading = run->checkpoint.reading;
	cohort_status status = picked_files_open(
	    &resumed->files, run->checkpoint.journal, resumed->reading);
	if (status == COHORT_OK)
		status = journal_reading_pass(resumed->reading, PASS_LAST,
		                              note_place, resumed);
	return note_unread(delivery, status);
}

bool delivery_resumed_has(const struct delivery *delivery, uint64_t index)
{
	const struct resumed *resumed = delivery->resumed;

	return resumed && index < delivery->run->sweep->count &&
	       delivery->unread == COHORT_OK && resumed->places[index].at > 0;
}

bool delivery_resumed_read(struct delivery *delivery, uint64_t index,
                           struct taken_record *out)
{
	struct resumed *resumed = delivery->resumed;
	struct journal_record record;

	cohort_status status =
	    picked_files_read(&resumed->files, resumed->places[index], &record);
	resumed->places[index].at = 0;
	record.index = index;
	if (status == COHORT_OK)
		status = delivery_resumed_copy(delivery, &record, out);
	return note_unread(delivery, status);
}

void delivery_resumed_close(struct delivery *delivery)
{
	if (delivery->resumed)
		picked_files_close(&delivery->resumed->files);
	free(delivery->resumed);
}
