#define _GNU_SOURCE /* MAP_ANONYMOUS */
#include "memory.h"

#include "error.h"
#include "plural.h"
#include "system_file.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* Where reserved memory counts as used, only this part of the machine's memory
 * is reserved. */
enum { STRICT_PART = 16 };

/* Of a machine that does not tell. */
enum { UNKNOWN_BYTES = 1 << 30 };

void *memory_pages(size_t bytes)
{
	void *memory = NULL;
	const int failed =
	    bytes > PTRDIFF_MAX
	        ? ENOMEM
	        : posix_memalign(&memory, (size_t)sysconf(_SC_PAGESIZE),
	                         bytes ? bytes : 1);

	if (failed) {
		errno = failed;
		return NULL;
	}
	return memset(memory, 0, bytes);
}

void *memory_alloc(size_t bytes)
{
	void *memory = memory_pages(bytes);

	if (!memory)
		error_sys("cohort_alloc: cannot allocate %zu byte%s", bytes,
		          plural(bytes));
	return memory;
}

void *memory_share(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void memory_unshare(void *memory, size_t bytes)
{
	if (memory)
		munmap(memory, bytes);
}

bool memory_shut(void *memory, size_t bytes)
{
	return !mprotect(memory, bytes, PROT_READ);
}

/* A quarter of the addresses that `ulimit -v` allows. The program needs the
 * rest. */
static size_t address_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return SIZE_MAX;
	return (size_t)limit.rlim_cur / 4;
}

/* Whether the kernel promises no more memory than it has (overcommit policy 2).
 * It then counts reserved memory as used. */
static bool strict_overcommit(void)
{
	char mode[16];

	return system_file_read("/proc/sys/vm/overcommit_memory", mode,
	                        sizeof(mode)) &&
	       mode[0] == '2';
}

/* sysconf(_SC_PHYS_PAGES) makes the same call, and returns any number if a
 * sandbox refuses it. */
static size_t machine_bytes(void)
{
	struct sysinfo info;
	char text[64];
	unsigned long long kib;

	if (!sysinfo(&info))
		return (size_t)info.totalram * info.mem_unit;
	/* Its first line: MemTotal: 8000000 kB */
	if (system_file_read("/proc/meminfo", text, sizeof(text)) &&
	    sscanf(text, "MemTotal: %llu", &kib) == 1)
		return (size_t)kib * 1024;
	return UNKNOWN_BYTES;
}

size_t memory_limit(void)
{
	const size_t addresses = address_limit();
	size_t bytes = machine_bytes();

	if (strict_overcommit())
		bytes /= STRICT_PART;
	return bytes < addresses ? bytes : addresses;
}
