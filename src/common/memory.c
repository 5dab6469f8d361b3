#define _POSIX_C_SOURCE 200809L
#include "memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
