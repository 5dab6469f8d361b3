/* cohort_journal_open and its like. They need no group, and may be called
 * inside a task. */
#include "common/base/error.h"
#include "common/base/plural.h"
#include "common/base/struct_size.h"
#include "follow.h"
#include "hash.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

struct cohort_journal {
	struct journal_follow *follow;
	struct journal_record record; /* that was read last */
	bool kept;   /* the record was not given, for lack of memory */
	bool given;  /* the last call of cohort_journal_next has given it */
	void *data;  /* of a result that is not aligned in the file */
	size_t room; /* of data */
};

/* What a call restores at its end. */
struct before {
	struct error_call call;
	int saved_errno; /* the program's */
};

/* The folder's sentences begin with the name of a sweep's call. */
static struct before begin_call(const char *called)
{
	const int saved = errno;

	return (struct before){
	    error_begin_call("cohort_scatter", called),
	    saved,
	};
}

static void end_call(struct before before)
{
	error_end_call(before.call);
	errno = before.saved_errno;
}

cohort_status cohort_journal_open(const char *path, cohort_journal **out)
{
	static const char function[] = "cohort_journal_open";

	if (!path || !*path)
		return error_set(COHORT_EINVAL,
		                 "%s: the path is %s: pass that of a "
		                 "journal's directory",
		                 function, path ? "empty" : "NULL");
	if (!out)
		return error_set(COHORT_EINVAL,
		                 "%s: out is NULL: pass the address of a "
		                 "cohort_journal pointer",
		                 function);
	const struct before before = begin_call(function);
	cohort_journal *journal = calloc(1, sizeof(*journal));
	cohort_status status = journal ? follow_open(path, &journal->follow)
	                               : error_sys("cohort_scatter: calloc");
	if (status == COHORT_OK)
		*out = journal;
	else
		free(journal);
	end_call(before);
	return status;
}

/* Align the result of the record for any type. */
static cohort_status align_data(cohort_journal *journal)
{
	struct journal_record *record = &journal->record;
	const size_t bytes = (size_t)record->bytes;

	if ((uintptr_t)record->data % alignof(max_align_t) == 0)
		return COHORT_OK;
	if (bytes > journal->room) {
		void *grown = malloc(bytes);
		if (!grown)
			return error_sys("cohort_journal_next: malloc of %zu "
			                 "byte%s",
			                 bytes, plural(bytes));
		free(journal->data);
		journal->data = grown;
		journal->room = bytes;
	}
	if (bytes > 0)
		memcpy(journal->data, record->data, bytes);
	record->data = journal->data;
	return COHORT_OK;
}

static cohort_status next_result(cohort_journal *journal, cohort_result *out,
                                 bool *end)
{
	const struct journal_record *record = &journal->record;
	cohort_status status = COHORT_OK;

	*end = false;
	if (!journal->kept)
		status = follow_next(journal->follow, &journal->record, end);
	if (status != COHORT_OK || *end)
		return status;
	status = align_data(journal);
	journal->kept = status != COHORT_OK;
	*out = (cohort_result){
	    .index = (size_t)record->index,
	    .rank = record->rank,
	    .status = (cohort_status)record->status,
	    .error = record->error,
	    .data = record->data,
	    .bytes = (size_t)record->bytes,
	    .seconds = record->seconds,
	    .attempts = record->attempts,
	};
	return status;
}

cohort_status cohort_journal_next_sized(cohort_journal *journal,
                                        cohort_result *out, size_t result_bytes,
                                        bool *end)
{
	static const char function[] = "cohort_journal_next";
	cohort_result result;
	bool ended;

	cohort_status status = struct_check_result(function, result_bytes);
	if (status != COHORT_OK)
		return status;
	if (!journal || !out || !end)
		return error_set(COHORT_EINVAL, "%s: %s is NULL", function,
		                 !journal ? "journal"
		                 : !out   ? "out"
		                          : "end");
	const struct before before = begin_call(function);
	status = next_result(journal, &result, &ended);
	end_call(before);
	journal->given = status == COHORT_OK && !ended;
	if (status != COHORT_OK)
		return status;
	if (!ended)
		struct_write(out, result_bytes, &result, sizeof(result));
	*end = ended;
	return COHORT_OK;
}

cohort_status cohort_journal_record_sized(const cohort_journal *journal,
                                          cohort_record *out,
                                          size_t record_bytes)
{
	static const char function[] = "cohort_journal_record";

	if (!journal || !out)
		return error_set(COHORT_EINVAL, "%s: %s is NULL", function,
		                 !journal ? "journal" : "out");
	if (!journal->given)
		return error_set(COHORT_ESTATE,
		                 "%s: the last call of cohort_journal_next has "
		                 "given no result: call it first",
		                 function);
	const struct format_tasks *head = follow_head(journal->follow);
	const struct journal_record *record = &journal->record;
	const cohort_record all = {
	    .digest = {record->digest[0], record->digest[1]},
	    .seed = head->seed,
	    .count = (size_t)head->count,
	    .run = head->run,
	    .of_index =
	        (record->flags & (JOURNAL_OF_INDEX | JOURNAL_OF_SEED)) != 0,
	    .of_seed = (record->flags & JOURNAL_OF_SEED) != 0,
	    .rerun = (record->flags & JOURNAL_RERUN) != 0,
	};
	struct_write(out, record_bytes, &all, sizeof(all));
	return COHORT_OK;
}

void cohort_param_digest(const void *param, size_t bytes, uint64_t digest[2])
{
	hash_128(param, bytes, digest);
}

void cohort_journal_close(cohort_journal *journal)
{
	const int saved = errno;

	if (!journal)
		return;
	follow_close(journal->follow);
	free(journal->data);
	free(journal);
	errno = saved;
}
