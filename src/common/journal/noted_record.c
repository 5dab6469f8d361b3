#define _DEFAULT_SOURCE
#include "noted_record.h"

#include "common/base/sorted_search.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FIRST_ROOM = 64 };

void *noted_grow(void *list, uint64_t count, uint64_t *room, size_t bytes)
{
	if (list && count < *room)
		return list;
	const uint64_t more = *room ? *room + *room / 2 : FIRST_ROOM;
	if (more > SIZE_MAX / bytes)
		return NULL;
	void *grown = realloc(list, (size_t)more * bytes);
	if (grown)
		*room = more;
	return grown;
}

bool noted_add(struct noted_records *noted, unsigned flags, uint64_t position)
{
	struct noted_record *list =
	    noted_grow(noted->list, noted->count, &noted->room, sizeof(*list));

	if (!list)
		return false;
	noted->list = list;
	list[noted->count++] = (struct noted_record){
	    .word = position << NOTED_FLAG_BITS | flags,
	};
	noted->flags |= flags;
	return true;
}

bool noted_next_run(struct noted_records *noted)
{
	uint64_t *runs = noted_grow(noted->runs, noted->run_count,
	                            &noted->run_room, sizeof(*runs));

	if (!runs)
		return false;
	noted->runs = runs;
	runs[noted->run_count++] = noted->count;
	return true;
}

uint64_t noted_run_begin(const struct noted_records *noted, uint64_t number)
{
	const size_t run =
	    sorted_find_last(noted->runs, (size_t)noted->run_count, number);

	return noted->run_count ? noted->runs[run] : 0;
}

void noted_forget(struct noted_records *noted, uint64_t number)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const uintptr_t list = (uintptr_t)noted->list;
	const uintptr_t begin = (list + page - 1) / page * page;
	const uintptr_t end =
	    (list + number * sizeof(*noted->list)) / page * page;

	/* Whole pages within the list: they are zero when they are read again.
	 * If the system refuses, the memory is kept until the end. */
	if (end > begin)
		(void)madvise((void *)begin, end - begin, MADV_DONTNEED);
}

void noted_free(struct noted_records *noted)
{
	free(noted->list);
	free(noted->runs);
	*noted = (struct noted_records){0};
}
