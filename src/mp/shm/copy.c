/*
 * Not memcpy: from a few kilobytes up, C libraries copy with one string
 * instruction, whose microcode is quick in a core's own cache and several
 * times slower than a plain loop on lines that another core has written.
 * The loop is unrolled to a cache line by hand, and the compiler makes it of
 * the widest vectors that the processor has.
 */
#include "copy.h"

#include "common/clones.h"

#include <string.h>

enum { LINE = 64, SHORT = 256 };

CLONES static void copy_lines(unsigned char *restrict to,
                              const unsigned char *restrict from, size_t lines)
{
	for (size_t i = 0; i < lines; i++) {
		typedef unsigned char vector
		    __attribute__((vector_size(32), aligned(1), may_alias));
		const vector a = *(const vector *)(from + i * LINE);
		const vector b = *(const vector *)(from + i * LINE + 32);
		*(vector *)(to + i * LINE) = a;
		*(vector *)(to + i * LINE + 32) = b;
	}
}

void shm_copy(void *to, const void *from, size_t bytes)
{
	const size_t lines = bytes / LINE;
	const size_t done = lines * LINE;

	if (bytes < SHORT) {
		memcpy(to, from, bytes);
		return;
	}
	copy_lines(to, from, lines);
	memcpy((unsigned char *)to + done, (const unsigned char *)from + done,
	       bytes - done);
}
