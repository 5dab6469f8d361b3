/* Count what the monitor allocates. It has given back the heap, so malloc would
 * find nothing but zeros there. */
#define _GNU_SOURCE
#include "runner.h"

#include <stddef.h>
#include <unistd.h>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)

/* The C library's own functions under their other names. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);

void *malloc(size_t bytes);
void *calloc(size_t count, size_t bytes);
void *realloc(void *memory, size_t bytes);

/* The monitor is the parent of rank 1. */
static void count(void)
{
	if (shared && shared->slots[1].parent == getpid())
		atomic_fetch_add(&shared->allocations, 1);
}

void *malloc(size_t bytes)
{
	count();
	return __libc_malloc(bytes);
}

void *calloc(size_t number, size_t bytes)
{
	count();
	return __libc_calloc(number, bytes);
}

void *realloc(void *memory, size_t bytes)
{
	count();
	return __libc_realloc(memory, bytes);
}

#endif
