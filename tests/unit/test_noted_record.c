/*
 * What is noted of records while a journal is read: what has been passed on can
 * be forgotten, and nothing else is.
 */
#define _DEFAULT_SOURCE
#include "common/journal/noted_record.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RECORDS = 100000 };

/* Pages of the list that are in memory. */
static size_t resident_pages(const struct noted_records *noted)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t pages = RECORDS * sizeof(*noted->list) / page;
	const uintptr_t list = (uintptr_t)noted->list;
	unsigned char *resident = malloc(pages);
	size_t count = 0;

	cr_assert(resident);
	cr_assert_eq(
	    mincore((void *)(list / page * page), pages * page, resident), 0);
	for (size_t i = 0; i < pages; i++)
		count += resident[i] & 1;
	free(resident);
	return count;
}

/* A record that is not noted as assigned is not passed on. */
static void expect_kept(const struct noted_records *noted, uint64_t from)
{
	for (uint64_t i = from; i < noted->count; i++)
		cr_assert(noted_has(&noted->list[i], NOTED_ASSIGNED) &&
		              noted_position(&noted->list[i]) == 3 * i,
		          "record %llu", (unsigned long long)i);
}

Test(noted_record, only_records_before_a_number_are_forgotten)
{
	struct noted_records noted = {0};
	const uint64_t numbers[] = {0, 1, 300, 5000, RECORDS / 2, RECORDS};

	for (uint64_t i = 0; i < RECORDS; i++)
		cr_assert(noted_add(&noted, NOTED_ASSIGNED, 3 * i));
	const size_t before = resident_pages(&noted);
	for (size_t n = 0; n < sizeof(numbers) / sizeof(*numbers); n++) {
		noted_forget(&noted, numbers[n]);
		expect_kept(&noted, numbers[n]);
	}
	cr_expect(resident_pages(&noted) <= 2, "%zu pages of %zu are left",
	          resident_pages(&noted), before);
	noted_free(&noted);
}
