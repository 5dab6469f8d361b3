/*
 * A record file that several ranks append to. The expected results follow from
 * the layout in docs/journal.md: a head of 88 bytes, then records, which have a
 * header of 96 bytes and their contents, with pieces of records between them.
 */
#define _POSIX_C_SOURCE 200809L
#include "scratch.h"

#include "common/journal/directory.h"
#include "common/journal/format_record.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD = 88, HEADER = 96, RANKS = 3 };

static const char tasks[] = "tasks-1-0";

static char path[SCRATCH_PATH];
static struct bytes whole;

/* A run of three ranks. */
static struct journal *journal;
static struct journal_writer *writers[RANKS];
static struct journal_shared shared[RANKS];
static struct sync_words words;

static void make(void)
{
	scratch_make(path);
}

static void unmake(void)
{
	free(whole.at);
	scratch_remove(path);
}

TestSuite(journal_shared, .init = make, .fini = unmake);

static void open_ranks(uint64_t most)
{
	const struct journal_sweep sweep = sample_sweep(TASKS);

	cr_assert(journal_open(path, &sweep, &journal) == COHORT_OK, "%s",
	          cohort_error());
	const struct journal_run run = journal_this_run(journal);
	for (int rank = 0; rank < RANKS; rank++) {
		const struct journal_peers peers = {&words, RANKS, rank == 0,
		                                    most};
		cr_assert(journal_writer_share(path, &run, rank, &shared[rank],
		                               &peers,
		                               &writers[rank]) == COHORT_OK,
		          "%s", cohort_error());
	}
	for (int rank = 0; rank < RANKS; rank++)
		journal_writer_begin(writers[rank], 0);
}

static void write_as(int rank, uint64_t index)
{
	const struct journal_record record = sample_record(index);

	cr_assert(journal_write(writers[rank], &record) == COHORT_OK, "%s",
	          cohort_error());
}

static void close_ranks(void)
{
	for (int rank = 0; rank < RANKS; rank++)
		cr_assert(journal_writer_close(writers[rank]) == COHORT_OK,
		          "%s", cohort_error());
	journal_close(journal);
}

/* All tasks, in the order of their indices, by one rank after another. */
static void write_all(void)
{
	open_ranks(0);
	for (int i = 0; i < TASKS; i++)
		write_as(i % RANKS, (uint64_t)i);
	close_ranks();
	whole = scratch_load(path, tasks);
}

static size_t body_bytes(int n)
{
	const struct journal_record record = sample_record((uint64_t)n);

	return record.bytes + (record.error ? strlen(record.error) + 1 : 0);
}

/* The offset of record `n`; the end of the file if n is TASKS. */
static size_t record_offset(int n)
{
	size_t at = HEAD;

	for (int i = 0; i < n; i++)
		at += HEADER + body_bytes(i);
	return at;
}

/* All records, and so many bytes of pieces of others. */
static void expect_all(const char *what, size_t at, size_t torn, size_t bytes)
{
	const struct loaded loaded = sample_load(path);

	cr_expect(loaded.status == COHORT_OK && loaded.records == TASKS &&
	              loaded.wrong == 0 && loaded.again == 0,
	          "%s %zu: %s, %d records, %d wrong, %d again", what, at,
	          loaded.status ? cohort_error() : "OK", loaded.records,
	          loaded.wrong, loaded.again);
	cr_expect(loaded.figures.torn == torn &&
	              loaded.figures.torn_bytes == bytes,
	          "%s %zu: %d torn, %d bytes, not %zu, %zu", what, at,
	          (int)loaded.figures.torn, (int)loaded.figures.torn_bytes,
	          torn, bytes);
}

Test(journal_shared, ranks_write_one_file)
{
	write_all();
	cr_expect(scratch_entries(path) == 3, "identity, lock and records");
	cr_expect(whole.count == record_offset(TASKS), "%zu", whole.count);
	expect_all("as written", 0, 0, 0);
}

Test(journal_shared, any_tail_may_be_missing)
{
	write_all();
	for (size_t cut = 0; cut <= whole.count; cut++) {
		int kept = 0;
		while (kept < TASKS && record_offset(kept + 1) <= cut)
			kept++;
		const size_t torn =
		    cut < HEAD ? cut : cut - record_offset(kept);
		scratch_save(path, tasks, (struct bytes){whole.at, cut});
		const struct loaded loaded = sample_load(path);
		cr_assert(loaded.status == COHORT_OK, "cut at %zu: %s", cut,
		          cohort_error());
		cr_expect(loaded.records == kept && loaded.wrong == 0 &&
		              loaded.figures.torn == (torn > 0) &&
		              loaded.figures.torn_bytes == torn,
		          "cut at %zu: %d records, %d wrong", cut,
		          loaded.records, loaded.wrong);
	}
}

Test(journal_shared, no_byte_may_differ)
{
	static const unsigned char masks[] = {0x01, 0x80, 0xff};
	char said[64];

	write_all();
	for (size_t at = 0; at < whole.count; at++) {
		int n = 0;
		while (at >= HEAD && record_offset(n + 1) <= at)
			n++;
		snprintf(said, sizeof(said),
		         "%s is damaged at byte %zu:", tasks,
		         at < HEAD ? 0 : record_offset(n));
		const unsigned char mask = masks[at % sizeof(masks)];
		whole.at[at] ^= mask;
		scratch_save(path, tasks, whole);
		whole.at[at] ^= mask;
		const struct loaded loaded = sample_load(path);
		cr_expect(loaded.status == COHORT_ECORRUPT &&
		              loaded.records == 0 &&
		              strstr(cohort_error(), said),
		          "byte %zu: %s: %s", at,
		          cohort_status_name(loaded.status), cohort_error());
	}
}

/* Insert a piece of `from` before record n. */
static void save_with_piece(struct bytes from, int n, size_t bytes)
{
	const size_t at = record_offset(n);
	struct bytes file = {malloc(whole.count + bytes), whole.count + bytes};

	memcpy(file.at, whole.at, at);
	memcpy(file.at + at, from.at, bytes);
	memcpy(file.at + at + bytes, whole.at + at, whole.count - at);
	scratch_save(path, tasks, file);
	free(file.at);
}

/* Beginnings of each record, before each record; each length occurs often. */
Test(journal_shared, a_piece_may_be_anywhere)
{
	write_all();
	for (int n = 0; n < TASKS; n++) {
		const int other = (n + 5) % TASKS;
		const struct bytes from = {whole.at + record_offset(other), 0};
		const size_t most = HEADER + body_bytes(other);
		for (size_t bytes = 1 + (size_t)n % 4; bytes < most;
		     bytes += 4) {
			save_with_piece(from, n, bytes);
			expect_all("a piece of", bytes, 1, bytes);
		}
	}
}

Test(journal_shared, pieces_may_follow_each_other)
{
	const size_t most = HEADER + body_bytes(1);
	unsigned char pieces[2 * HEADER + 64];

	write_all();
	for (size_t first = 1; first < most; first += 9)
		for (size_t second = 1; second < HEADER + body_bytes(9);
		     second += 7) {
			/* Together they are as long as a whole record that has
			 * changed. */
			if (first >= HEADER && first + second == most)
				continue;
			memcpy(pieces, whole.at + record_offset(1), first);
			memcpy(pieces + first, whole.at + record_offset(9),
			       second);
			save_with_piece((struct bytes){pieces, 0}, 4,
			                first + second);
			/* Less than a magic shows no piece of its own, nor
			 * does less than a header behind a whole one. */
			const bool one =
			    second < 4 || (first >= HEADER && second < HEADER);
			expect_all("two pieces of", first, one ? 1 : 2,
			           first + second);
		}
}

/* The header of a record of `bytes` bytes, the last of which ends as the next
 * record begins: with a t. */
static struct format_shared_record make_overlapping(uint64_t bytes)
{
	static const char result[] = "a result that ends with a t";
	struct journal_record record = {.bytes = bytes, .data = result};
	struct format_shared_record header;
	struct format_tasks head;

	memcpy(&head, whole.at, sizeof(head));
	do {
		record.seconds += 1;
		const struct format_record plain = format_make_record(&record);
		header = format_share_record(&head, &plain, 1, 0);
	} while (((const unsigned char *)&header)[HEADER - 1] != 't');
	return header;
}

Test(journal_shared, a_piece_may_look_whole)
{
	write_all();
	struct format_shared_record header = make_overlapping(0);
	const struct bytes piece = {(unsigned char *)&header, HEADER - 1};
	for (int n = 0; n < TASKS; n++) {
		save_with_piece(piece, n, piece.count);
		expect_all("a whole record of", piece.count, 0, 0);
	}
	header = make_overlapping(5);
	for (int n = 0; n < TASKS; n++) {
		save_with_piece(piece, n, piece.count);
		expect_all("a whole header of", piece.count, 1, piece.count);
	}
}

/* A result may contain the records of another run, and be cut short. */
Test(journal_shared, records_of_other_files_are_not_found)
{
	write_all();
	struct bytes old = whole;
	struct journal_record record = sample_record(0);

	open_ranks(0);
	record.data = old.at;
	record.bytes = old.count;
	cr_assert(journal_write(writers[0], &record) == COHORT_OK);
	for (int i = 1; i < TASKS; i++)
		write_as(i % RANKS, (uint64_t)i);
	close_ranks();
	whole = scratch_load(path, "tasks-2-0");
	const size_t piece = HEADER + old.count - 200;
	memmove(whole.at + HEAD + piece, whole.at + HEAD + HEADER + old.count,
	        whole.count - (HEAD + HEADER + old.count));
	whole.count -= 200;
	scratch_save(path, "tasks-2-0", whole);
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.status == COHORT_OK && loaded.records == TASKS &&
	              loaded.figures.unused == TASKS - 1 &&
	              loaded.figures.torn_bytes == piece,
	          "%s, %d records, %d unused", cohort_error(), loaded.records,
	          (int)loaded.figures.unused);
	free(old.at);
}

static void expect_next(cohort_journal *reader, int index)
{
	cohort_result result;
	bool end;

	cr_assert(cohort_journal_next(reader, &result, &end) == COHORT_OK, "%s",
	          cohort_error());
	cr_expect(end == (index < 0) && (end || (int)result.index == index),
	          "not %d", index);
}

/* A rank drops its own records only, and a reader gets no record twice. */
Test(journal_shared, what_a_rank_drops_is_gone)
{
	cohort_journal *reader;

	open_ranks(0);
	cr_assert(cohort_journal_open(path, &reader) == COHORT_OK);
	write_as(1, 3);
	const uint64_t kept = journal_writer_committed(writers[1]);
	write_as(0, 4);
	write_as(1, 5);
	expect_next(reader, 3);
	expect_next(reader, 4);
	expect_next(reader, 5);
	write_as(2, 0);
	write_as(1, 1);
	cr_assert(journal_writer_rewind(writers[1], kept) == COHORT_OK, "%s",
	          cohort_error());
	cr_expect(journal_writer_committed(writers[1]) == kept);
	write_as(1, 7);
	expect_next(reader, 0);
	expect_next(reader, 7);
	expect_next(reader, -1);
	cohort_journal_close(reader);
	close_ranks();
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.status == COHORT_OK && loaded.records == 4 &&
	              loaded.wrong == 0 && loaded.again == 0 &&
	              loaded.have[3] && loaded.have[4] && loaded.have[0] &&
	              loaded.have[7],
	          "%d records: %s", loaded.records, cohort_error());
}

Test(journal_shared, a_length_that_a_rank_has_not_had_is_refused)
{
	open_ranks(0);
	write_as(0, 3);
	write_as(1, 4);
	const uint64_t more = journal_writer_committed(writers[0]) + 1;
	cr_expect(journal_writer_rewind(writers[0], more) == COHORT_EIO);
	cr_expect(strstr(cohort_error(), "know the length of tasks-1-0"), "%s",
	          cohort_error());
	write_as(1, 5);
	cr_expect(journal_writer_close(writers[0]) == COHORT_EIO);
	cr_expect(journal_writer_close(writers[1]) == COHORT_OK);
	cr_expect(journal_writer_close(writers[2]) == COHORT_OK);
	journal_close(journal);
	cr_expect(sample_load(path).records == 3);
}

/* A task may write to all that processes share. Some patterns are equal in all
 * words; those with an index differ. */
static void destroy_shared(struct journal_shared *of, size_t pattern)
{
	unsigned char *bytes = (unsigned char *)of;
	unsigned char *others = (unsigned char *)&words;

	for (size_t i = 0; i < sizeof(*of); i++)
		bytes[i] = (unsigned char)(pattern < 256 ? pattern
		                                         : pattern * i + i / 7);
	for (size_t i = 0; i < sizeof(words); i++)
		others[i] =
		    (unsigned char)(pattern < 256 ? pattern : pattern * i);
}

static const size_t patterns[] = {0, 1, 0x94, 0xff, 0x35b7, 0x1ecd};

enum { PATTERNS = sizeof(patterns) / sizeof(*patterns) };

Test(journal_shared, what_a_task_destroys_is_no_failure)
{
	open_ranks(0);
	for (int i = 0; i < TASKS; i++) {
		destroy_shared(&shared[i % RANKS], patterns[i % PATTERNS]);
		write_as(i % RANKS, (uint64_t)i);
		/* As the rank does when its child has ended. */
		const uint64_t bytes =
		    journal_writer_committed(writers[i % RANKS]);
		destroy_shared(&shared[i % RANKS], patterns[i % PATTERNS]);
		cr_expect(journal_writer_rewind(writers[i % RANKS], bytes) ==
		              COHORT_OK,
		          "%d: %s", i, cohort_error());
	}
	destroy_shared(&shared[0], patterns[0]);
	close_ranks();
	whole = scratch_load(path, tasks);
	expect_all("with destroyed words", 0, 0, 0);
}

Test(journal_shared, a_failure_stays_whatever_is_destroyed)
{
	for (int i = 0; i < PATTERNS; i++) {
		open_ranks(0);
		write_as(0, 3);
		const uint64_t more = journal_writer_committed(writers[0]) + 1;
		cr_expect(journal_writer_rewind(writers[0], more) ==
		          COHORT_EIO);
		destroy_shared(&shared[0], patterns[i]);
		cr_expect(journal_writer_close(writers[0]) == COHORT_EIO);
		cr_expect(journal_writer_close(writers[1]) == COHORT_OK);
		cr_expect(journal_writer_close(writers[2]) == COHORT_OK);
		journal_close(journal);
	}
}

Test(journal_shared, a_journal_with_a_file_for_each_rank_goes_on)
{
	cr_assert(sample_run(path, 0, 0, 3) == COHORT_OK);
	cr_assert(sample_run(path, 2, 3, 5) == COHORT_OK);
	open_ranks(0);
	for (int i = 5; i < TASKS; i++)
		write_as(i % RANKS, (uint64_t)i);
	close_ranks();
	free(scratch_load(path, "tasks-3-0").at);
	cr_expect(scratch_entries(path) == 5);
	expect_all("three runs", 0, 0, 0);
}

/* Records that are too large for one call are in a file of their rank. */
Test(journal_shared, large_records_have_files_of_their_own)
{
	open_ranks(HEADER + 20);
	write_as(1, 1);
	write_as(1, 8); /* 40 bytes */
	const uint64_t kept = journal_writer_committed(writers[1]);
	write_as(2, 7);
	write_as(1, 9);
	write_as(1, 4);
	cr_assert(journal_writer_rewind(writers[1], kept) == COHORT_OK, "%s",
	          cohort_error());
	write_as(1, 11);
	close_ranks();
	free(scratch_load(path, "tasks-1-4").at);
	free(scratch_load(path, "tasks-1-5").at);
	cr_expect(scratch_entries(path) == 5);
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.status == COHORT_OK && loaded.records == 4 &&
	              loaded.wrong == 0 && loaded.have[1] && loaded.have[8] &&
	              loaded.have[7] && loaded.have[11],
	          "%d records: %s", loaded.records, cohort_error());
}

/* The first rank of another machine leaves no file that has no record. */
Test(journal_shared, a_file_without_records_is_removed)
{
	open_ranks(0);
	for (int rank = 0; rank < RANKS; rank++)
		journal_writer_drop_empty(writers[rank]);
	close_ranks();
	cr_expect(scratch_entries(path) == 2, "identity and lock");
	open_ranks(0);
	write_as(2, 1);
	for (int rank = 0; rank < RANKS; rank++)
		journal_writer_drop_empty(writers[rank]);
	close_ranks();
	cr_expect(scratch_entries(path) == 3 && sample_load(path).records == 1);
}
