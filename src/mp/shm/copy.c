/*
 * Why not memcpy: from a few kilobytes on, C libraries copy with one string
 * instruction. Its microcode is fast in a core's own cache, and several times
 * slower than a plain loop if another core has written the lines. The loop here
 * copies one cache line in each step; the compiler uses the widest vectors that
 * the processor has.
 */
#include "copy.h"

#include "common/base/target_clones.h"

#include <stdint.h>
#include <string.h>

#if HAS_NONTEMPORAL
#include <emmintrin.h>
#endif

enum { LINE = 64, SHORT = 256 };

TARGET_CLONES static void copy_lines(unsigned char *restrict to,
                                     const unsigned char *restrict from,
                                     size_t records)
{
	for (size_t i = 0; i < records; i++) {
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
	const size_t records = bytes / LINE;
	const size_t done = records * LINE;

	if (bytes < SHORT) {
		memcpy(to, from, bytes);
		return;
	}
	copy_lines(to, from, records);
	memcpy((unsigned char *)to + done, (const unsigned char *)from + done,
	       bytes - done);
}

#if HAS_NONTEMPORAL
static void copy_lines_nontemporal(unsigned char *restrict to,
                                   const unsigned char *restrict from,
                                   size_t records)
{
	enum { VECTORS = LINE / sizeof(__m128i) };

	for (size_t i = 0; i < records * VECTORS; i += VECTORS) {
		const __m128i *line = (const __m128i *)(const void *)from + i;
		__m128i *place = (__m128i *)(void *)to + i;
		const __m128i a = _mm_loadu_si128(line);
		const __m128i b = _mm_loadu_si128(line + 1);
		const __m128i c = _mm_loadu_si128(line + 2);
		const __m128i d = _mm_loadu_si128(line + 3);
		_mm_stream_si128(place, a);
		_mm_stream_si128(place + 1, b);
		_mm_stream_si128(place + 2, c);
		_mm_stream_si128(place + 3, d);
	}
	/* Without it, later stores may become visible before these. */
	_mm_sfence();
}
#else
#define copy_lines_nontemporal copy_lines
#endif

void shm_copy_nontemporal(void *to, const void *from, size_t bytes)
{
	const size_t before = (LINE - (uintptr_t)to % LINE) % LINE;

	if (bytes < before + SHORT) {
		shm_copy(to, from, bytes);
		return;
	}
	const size_t records = (bytes - before) / LINE;
	const size_t done = before + records * LINE;
	memcpy(to, from, before);
	copy_lines_nontemporal((unsigned char *)to + before,
	                       (const unsigned char *)from + before, records);
	memcpy((unsigned char *)to + done, (const unsigned char *)from + done,
	       bytes - done);
}
