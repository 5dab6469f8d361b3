#define _GNU_SOURCE /* dladdr, SYS_ */
#include "lack_memory.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The C library's own functions under their other names. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);

static atomic_bool lacking;
static atomic_long calls; /* of the library, since lack_begin */
static long first_failing;
static long last_failing;

void lack_begin(long first, enum lack kind)
{
	first_failing = first;
	last_failing = kind == LACK_ONE ? first : LONG_MAX;
	atomic_store(&calls, 0);
	atomic_store(&lacking, true);
}

bool lack_end(void)
{
	atomic_store(&lacking, false);
	return atomic_load(&calls) >= first_failing;
}

static bool is_of_library(const void *caller)
{
	Dl_info info;

	if (!dladdr(caller, &info) || !info.dli_fname)
		return false;
	const char *slash = strrchr(info.dli_fname, '/');
	const char *name = slash ? slash + 1 : info.dli_fname;
	return !strncmp(name, "libcohort", 9) ||
	       !strncmp(name, "cohort-mpi", 10);
}

/* Whether this call fails. */
static bool fails(const void *caller)
{
	if (!atomic_load(&lacking) || !is_of_library(caller))
		return false;
	const long call = atomic_fetch_add(&calls, 1) + 1;
	if (call < first_failing || call > last_failing)
		return false;
	errno = ENOMEM;
	return true;
}

#define FAILS() fails(__builtin_return_address(0))

void *malloc(size_t bytes)
{
	return FAILS() ? NULL : __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes)
{
	return FAILS() ? NULL : __libc_calloc(count, bytes);
}

void *realloc(void *memory, size_t bytes)
{
	return FAILS() ? NULL : __libc_realloc(memory, bytes);
}

void *mmap(void *address, size_t bytes, int protection, int flags, int fd,
           off_t offset)
{
	return FAILS() ? MAP_FAILED
	               : (void *)syscall(SYS_mmap, address, bytes, protection,
	                                 flags, fd, offset);
}

int mprotect(void *address, size_t bytes, int protection)
{
	return FAILS() ? -1
	               : (int)syscall(SYS_mprotect, address, bytes, protection);
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t offset)
{
	return FAILS() ? -1 : syscall(SYS_pwrite64, fd, data, bytes, offset);
}
