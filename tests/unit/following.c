#define _GNU_SOURCE
#include "following.h"

#include <criterion/criterion.h>

#include <stdalign.h>
#include <string.h>

const char following_file[] = "tasks-1-0";

struct following following;

void following_make(void)
{
	scratch_make(following.path);
	following.reader = NULL;
}

void following_unmake(void)
{
	cohort_journal_close(following.reader);
	scratch_remove(following.path);
}

void following_open(void)
{
	cohort_journal_close(following.reader);
	following.reader = NULL;
	cr_assert(cohort_journal_open(following.path, &following.reader) ==
	              COHORT_OK,
	          "%s", cohort_error());
}

bool following_is_sample(const cohort_result *result)
{
	/* A cohort_result has neither flags nor a digest. */
	const struct journal_record sample = sample_record(result->index);
	const struct journal_record record = {
	    .index = result->index,
	    .bytes = result->bytes,
	    .data = result->data,
	    .error = result->error,
	    .seconds = result->seconds,
	    .rank = result->rank,
	    .status = (int32_t)result->status,
	    .attempts = result->attempts,
	    .flags = sample.flags,
	    .digest = {sample.digest[0], sample.digest[1]},
	};
	return sample_matches(&record) && !result->param &&
	       (result->bytes > 0) == (result->data != NULL) &&
	       (uintptr_t)result->data % alignof(max_align_t) == 0;
}

void following_next(size_t index)
{
	cohort_result result = {0};
	bool end = true;

	cohort_status status =
	    cohort_journal_next(following.reader, &result, &end);
	cr_assert(status == COHORT_OK && !end, "task %zu: %s", index,
	          status ? cohort_error() : "the end");
	cr_assert(result.index == index && following_is_sample(&result),
	          "task %zu: %zu", index, result.index);
}

void following_end(void)
{
	cohort_result result = {.index = 77};
	bool end = false;

	cohort_status status =
	    cohort_journal_next(following.reader, &result, &end);
	cr_assert(status == COHORT_OK && end, "%s, index %zu",
	          status ? cohort_error() : "no end", result.index);
	cr_expect(result.index == 77);
}

void following_fails(cohort_status expected, const char *words)
{
	cohort_result result;
	bool end;

	cohort_status status =
	    cohort_journal_next(following.reader, &result, &end);
	cr_assert(status == expected && strstr(cohort_error(), words) &&
	              strstr(cohort_error(), "cohort_journal_next: ") &&
	              strstr(cohort_error(), following.path),
	          "%s: %s", cohort_status_name(status), cohort_error());
}

int following_read_all(void)
{
	cohort_result result;
	int count = 0;
	bool end;

	for (;; count++) {
		cr_assert(cohort_journal_next(following.reader, &result,
		                              &end) == COHORT_OK,
		          "%s", cohort_error());
		if (end)
			return count;
		cr_assert(following_is_sample(&result), "task %zu",
		          result.index);
	}
}

void following_begin_run(int rank)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);

	cr_assert(journal_open(following.path, &sweep, &following.journal) ==
	              COHORT_OK,
	          "%s", cohort_error());
	const struct journal_run run = journal_this_run(following.journal);
	cr_assert(journal_writer_open(following.path, &run, rank, NULL,
	                              &following.writer) == COHORT_OK);
}

void following_write(uint64_t index)
{
	const struct journal_record record = sample_record(index);

	cr_assert(journal_write(following.writer, &record) == COHORT_OK);
}

void following_end_run(void)
{
	cr_assert(journal_writer_close(following.writer) == COHORT_OK);
	journal_close(following.journal);
}

size_t following_record_bytes(int n)
{
	const struct journal_record record = sample_record((uint64_t)n);

	return RECORD + (size_t)record.bytes +
	       (record.error ? strlen(record.error) + 1 : 0);
}
