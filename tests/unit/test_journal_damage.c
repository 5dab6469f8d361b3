/*
 * A journal that has been cut or changed anywhere. The expected results follow
 * from the layout in docs/journal.md: a head of 88 bytes, then records, which
 * have a header of 88 bytes and their contents.
 */
#define _POSIX_C_SOURCE 200809L
#include "scratch.h"

#include "common/journal/directory.h"
#include "common/journal/hash.h"

#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEAD = 88, RECORD = 88 };

static const char tasks[] = "tasks-1-0";

static char path[SCRATCH_PATH];
static struct bytes whole;

static void make(void)
{
	scratch_make(path);
}

static void unmake(void)
{
	free(whole.at);
	scratch_remove(path);
}

TestSuite(journal_damage, .init = make, .fini = unmake);

static void write_all(const char *name)
{
	cr_assert(sample_run(path, 0, 0, TASKS) == COHORT_OK, "%s",
	          cohort_error());
	whole = scratch_load(path, name);
}

/* The offset of record `n`; the end of the file if n is TASKS. */
static size_t record_offset(int n)
{
	size_t at = HEAD;

	for (int i = 0; i < n; i++) {
		const struct journal_record record = sample_record((uint64_t)i);
		at += RECORD + record.bytes +
		      (record.error ? strlen(record.error) + 1 : 0);
	}
	return at;
}

Test(journal_damage, any_tail_may_be_missing)
{
	write_all(tasks);
	cr_assert(whole.count == record_offset(TASKS), "%zu", whole.count);
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
		cr_expect(loaded.records == kept && loaded.wrong == 0,
		          "cut at %zu: %d records, %d wrong", cut,
		          loaded.records, loaded.wrong);
		cr_expect(loaded.figures.torn == (torn > 0) &&
		              loaded.figures.torn_bytes == torn,
		          "cut at %zu: %llu torn bytes", cut,
		          (unsigned long long)loaded.figures.torn_bytes);
	}
}

static void expect_damage(const char *name, size_t at, const char *where)
{
	const struct loaded loaded = sample_load(path);

	cr_expect(loaded.status == COHORT_ECORRUPT && loaded.records == 0,
	          "%s, byte %zu: %s, %d records", name, at,
	          cohort_status_name(loaded.status), loaded.records);
	cr_expect(strstr(cohort_error(), name) && strstr(cohort_error(), where),
	          "byte %zu: %s", at, cohort_error());
}

/* Change each byte in turn. Each time the journal must be refused, with the file
 * and, for records, the offset of the record in the sentence. */
static void flip_every_byte(const char *name, bool records)
{
	static const unsigned char masks[] = {0x01, 0x80, 0xff};
	char said[64] = "";

	for (size_t at = 0; at < whole.count; at++) {
		for (size_t m = 0; m < sizeof(masks); m++) {
			int n = 0;
			while (records && at >= HEAD &&
			       record_offset(n + 1) <= at)
				n++;
			if (records)
				snprintf(said, sizeof(said), "at byte %zu:",
				         at < HEAD ? 0 : record_offset(n));
			whole.at[at] ^= masks[m];
			scratch_save(path, name, whole);
			whole.at[at] ^= masks[m];
			expect_damage(name, at, said);
		}
	}
}

Test(journal_damage, no_byte_of_the_records_may_differ)
{
	write_all(tasks);
	flip_every_byte(tasks, true);
}

Test(journal_damage, no_byte_of_the_identity_may_differ)
{
	write_all(IDENTITY_NAME);
	cr_assert(whole.count == 88);
	flip_every_byte(IDENTITY_NAME, false);
}

Test(journal_damage, the_identity_is_there_or_not)
{
	write_all(IDENTITY_NAME);
	for (size_t cut = 0; cut < whole.count; cut++) {
		scratch_save(path, IDENTITY_NAME,
		             (struct bytes){whole.at, cut});
		expect_damage(IDENTITY_NAME, cut, "");
	}
	struct bytes more = {calloc(1, whole.count + 1), whole.count + 1};
	memcpy(more.at, whole.at, whole.count);
	scratch_save(path, IDENTITY_NAME, more);
	expect_damage(IDENTITY_NAME, whole.count, "");
	free(more.at);
}

/* The file's text is used in sentences only. */
Test(journal_damage, the_locks_contents_do_not_matter)
{
	write_all(LOCK_NAME);
	for (size_t at = 0; at < whole.count; at++) {
		scratch_save(path, LOCK_NAME, (struct bytes){whole.at, at});
		cr_expect(sample_load(path).records == TASKS);
		whole.at[at] ^= 0xff;
		scratch_save(path, LOCK_NAME, whole);
		whole.at[at] ^= 0xff;
		cr_expect(sample_load(path).records == TASKS);
	}
}

/* Zeros behind any record are an incomplete record; other bytes are damage. */
Test(journal_damage, zeros_are_a_tail)
{
	write_all(tasks);
	for (int n = -1; n <= TASKS; n++) {
		const size_t kept = n < 0 ? 0 : record_offset(n);
		struct bytes file = {calloc(1, kept + 5000), kept + 5000};
		memcpy(file.at, whole.at, kept);
		scratch_save(path, tasks, file);
		const struct loaded loaded = sample_load(path);
		cr_expect(loaded.status == COHORT_OK, "%s", cohort_error());
		cr_expect(loaded.records == (n < 0 ? 0 : n) &&
		          loaded.figures.torn == 1 &&
		          loaded.figures.torn_bytes == 5000);
		file.at[kept + 4999] = 1;
		scratch_save(path, tasks, file);
		expect_damage(tasks, kept, "");
		free(file.at);
	}
}

/* Whether the file could be made so long, with a byte at its end. */
static bool stretch(off_t bytes, unsigned char last)
{
	char name[SCRATCH_PATH];

	scratch_name(name, path, tasks);
	const int fd = open(name, O_WRONLY | O_CLOEXEC);
	const bool made = fd >= 0 && !ftruncate(fd, bytes) &&
	                  (!last || pwrite(fd, &last, 1, bytes - 1) == 1);
	close(fd);
	return made;
}

/* Reading all of it would take an hour. */
Test(journal_damage, a_hole_is_a_tail)
{
	const off_t huge = (off_t)1 << 42;

	write_all(tasks);
	if (!stretch(huge, 0))
		cr_skip_test("the file system has no files of 4 TB");
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.status == COHORT_OK && loaded.records == TASKS &&
	              loaded.figures.torn_bytes ==
	                  (uint64_t)huge - record_offset(TASKS),
	          "%s, %d records", cohort_error(), loaded.records);
	cr_assert(stretch(huge, 1));
	expect_damage(tasks, record_offset(TASKS), "at byte");
}

/* An incomplete record in one file does not affect the files of later runs. */
Test(journal_damage, a_tail_ends_one_file_only)
{
	cr_assert(sample_run(path, 0, 0, 4) == COHORT_OK);
	cr_assert(sample_run(path, 0, 4, TASKS) == COHORT_OK);
	whole = scratch_load(path, tasks);
	whole.count--;
	scratch_save(path, tasks, whole);
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.status == COHORT_OK && loaded.records == TASKS - 1);
	cr_expect(!loaded.have[3] && loaded.figures.torn == 1);
}

static void put_word(size_t at, uint64_t value, size_t bytes)
{
	memcpy(whole.at + at, &value, bytes);
}

/* The checksum of a block, in its last 8 bytes. */
static void seal(size_t begin, size_t bytes)
{
	put_word(begin + bytes - 8, hash_64(whole.at + begin, bytes - 8), 8);
}

/* Headers whose checksums are right and whose values no writer writes. */
Test(journal_damage, impossible_records_are_damage)
{
	static const struct {
		size_t at;
		uint64_t value;
		size_t bytes;
	} fields[] = {
	    {8, TASKS, 8},           /* index */
	    {8, UINT64_MAX, 8},      /* index */
	    {4, 200, 4},             /* status */
	    {4, UINT32_MAX, 4},      /* status */
	    {16, UINT64_MAX, 8},     /* bytes */
	    {24, UINT64_MAX - 8, 8}, /* error_bytes */
	    {64, 8, 4},              /* flags */
	    {64, UINT32_MAX, 4},     /* flags */
	    {68, 1, 4},              /* unused */
	};

	write_all(tasks);
	const size_t last = record_offset(TASKS - 1);
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		unsigned char saved[RECORD];
		memcpy(saved, whole.at + last, RECORD);
		put_word(last + fields[i].at, fields[i].value, fields[i].bytes);
		seal(last, RECORD);
		scratch_save(path, tasks, whole);
		expect_damage(tasks, last, "header");
		memcpy(whole.at + last, saved, RECORD);
	}
	/* A length that is possible but larger than the file: an incomplete
	 * record. */
	put_word(last + 16, UINT64_C(1) << 60, 8);
	seal(last, RECORD);
	scratch_save(path, tasks, whole);
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.records == TASKS - 1 && loaded.figures.torn == 1);
}

static void reverse(unsigned char *at, size_t bytes)
{
	for (size_t i = 0; i < bytes / 2; i++) {
		const unsigned char byte = at[i];
		at[i] = at[bytes - 1 - i];
		at[bytes - 1 - i] = byte;
	}
}

static void expect_refusal(const char *words)
{
	cohort_journal *journal;

	scratch_save(path, IDENTITY_NAME, whole);
	cr_expect(cohort_journal_open(path, &journal) == COHORT_EINVAL &&
	              strstr(cohort_error(), "cohort_journal_open: ") &&
	              strstr(cohort_error(), words),
	          "%s", cohort_error());
	const struct loaded loaded = sample_load(path);
	cr_expect(loaded.status == COHORT_EINVAL, "%s: %s",
	          cohort_status_name(loaded.status), cohort_error());
	cr_expect(strstr(cohort_error(), words), "%s", cohort_error());
}

Test(journal_damage, another_byte_order_is_refused)
{
	write_all(IDENTITY_NAME);
	reverse(whole.at + 8, 4);
	reverse(whole.at + 12, 4);
	for (size_t at = 16; at < whole.count - 8; at += 8)
		reverse(whole.at + at, 8);
	seal(0, whole.count);
	reverse(whole.at + whole.count - 8, 8);
	expect_refusal("byte order");
	whole.at[60] ^= 1;
	scratch_save(path, IDENTITY_NAME, whole);
	expect_damage(IDENTITY_NAME, 60, "");
}

Test(journal_damage, another_version_is_refused)
{
	write_all(IDENTITY_NAME);
	put_word(12, 3, 4);
	seal(0, whole.count);
	expect_refusal("another format");
}
