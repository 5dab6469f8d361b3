#include "floors.h"
#include "machine.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx2", "default")))
#else
#define CLONES
#endif

/* The widest vectors that there are, two to a line, as the library does it. */
CLONES static void copy_vectors(unsigned char *restrict to,
                                const unsigned char *restrict from,
                                size_t bytes)
{
	typedef unsigned char vector
	    __attribute__((vector_size(32), aligned(1), may_alias));

	for (size_t i = 0; i < bytes; i += LINE) {
		const vector a = *(const vector *)(from + i);
		const vector b = *(const vector *)(from + i + LINE / 2);
		*(vector *)(to + i) = a;
		*(vector *)(to + i + LINE / 2) = b;
	}
}

void *copy_lines(void *to, const void *from, size_t bytes)
{
	copy_vectors(to, from, bytes);
	return to;
}

static void *copy_nothing(void *to, const void *from, size_t bytes)
{
	(void)from;
	(void)bytes;
	return to;
}

void copy_rewrite(unsigned char *data, size_t bytes, uint32_t number)
{
	for (size_t i = 0; i < bytes; i += LINE)
		memcpy(data + i, &number, sizeof(number));
	__asm__ volatile("" ::: "memory");
}

static double copy_block(copier *copy, struct shared *shared, uint32_t count)
{
	const double start = machine_seconds();

	for (uint32_t i = 0; i < count; i++) {
		copy_rewrite(shared->data, shared->bytes, i);
		copy(shared->copy, shared->data, shared->bytes);
		__asm__ volatile("" ::: "memory");
	}
	return (machine_seconds() - start) / count;
}

void copy_time(struct shared *shared, copier *copy, uint32_t count,
               double seconds[BLOCKS])
{
	double loop[BLOCKS];

	copy_block(copy, shared, count);
	for (int i = 0; i < BLOCKS; i++) {
		seconds[i] = copy_block(copy, shared, count);
		loop[i] = copy_block(copy_nothing, shared, count);
	}
	const double least = machine_summary(loop, BLOCKS).least;
	for (int i = 0; i < BLOCKS; i++)
		seconds[i] -= least;
}
