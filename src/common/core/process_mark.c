#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "process_mark.h"

#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

static _Atomic uint64_t inherited;
_Atomic uint64_t *process_mark_word = &inherited;

/* A copy goes on counting where its parent was. */
static _Atomic uint64_t marks;

void process_mark_open(void)
{
	const size_t bytes = (size_t)sysconf(_SC_PAGESIZE);

	if (process_mark_word != &inherited)
		return;
	void *page = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return;
	if (madvise(page, bytes, MADV_WIPEONFORK))
		munmap(page, bytes);
	else
		process_mark_word = page;
}

void process_mark_close(void)
{
	_Atomic uint64_t *const word = process_mark_word;

	if (word == &inherited)
		return;
	process_mark_word = &inherited;
	munmap((void *)word, (size_t)sysconf(_SC_PAGESIZE));
}

uint64_t process_mark_make(void)
{
	const uint64_t mark = atomic_fetch_add(&marks, 1) + 1;
	uint64_t before = 0;

	return atomic_compare_exchange_strong(process_mark_word, &before, mark)
	           ? mark
	           : before;
}
