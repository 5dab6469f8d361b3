#include "pattern.h"

#include <stdlib.h>
#include <string.h>

enum { GUARD = 64, UNWRITTEN = 0xc5 };

uint64_t pattern_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static unsigned char pattern_byte(uint64_t seed, size_t i)
{
	/* The high half of a product: not periodic in powers of two. */
	uint64_t x = (seed + i) * 0x9e3779b97f4a7c15;

	return (unsigned char)(x >> 56 ^ x >> 32);
}

void pattern_fill(void *at, size_t from, size_t bytes, uint64_t seed)
{
	unsigned char *to = at;
	uint64_t mixed = pattern_mix(seed);

	for (size_t i = 0; i < bytes; i++)
		to[i] = pattern_byte(mixed, from + i);
}

void pattern_check(const void *at, size_t from, size_t bytes, uint64_t seed,
                   const char *what)
{
	const unsigned char *found = at;
	uint64_t mixed = pattern_mix(seed);
	size_t i = 0;

	while (i < bytes && found[i] == pattern_byte(mixed, from + i))
		i++;
	const unsigned got = i < bytes ? found[i] : 0;
	CHECK(i == bytes, "%s: byte %zu of %zu is %#x, not %#x", what, i, bytes,
	      got, pattern_byte(mixed, from + i));
}

struct buffer buffer_open(size_t bytes, size_t shift)
{
	struct buffer buffer = {.bytes = bytes};

	buffer.memory = check_alloc(bytes + shift + (size_t)2 * GUARD);
	buffer.data = buffer.memory + GUARD + shift;
	memset(buffer.data - GUARD, UNWRITTEN, bytes + (size_t)2 * GUARD);
	return buffer;
}

/* The position of the first byte that was written; `bytes` if none was. */
static size_t first_written(const unsigned char *at, size_t bytes)
{
	size_t i = 0;

	while (i < bytes && at[i] == UNWRITTEN)
		i++;
	return i;
}

void buffer_check(const struct buffer *buffer, const char *what)
{
	size_t before = first_written(buffer->data - GUARD, GUARD);
	size_t behind = first_written(buffer->data + buffer->bytes, GUARD);

	CHECK(before == GUARD, "%s: written %zu bytes before it", what,
	      GUARD - before);
	CHECK(behind == GUARD, "%s: written %zu bytes behind it", what, behind);
}

void buffer_untouched(const struct buffer *buffer, const char *what)
{
	size_t first = first_written(buffer->data, buffer->bytes);

	CHECK(first == buffer->bytes, "%s: written at %zu of %zu", what, first,
	      buffer->bytes);
	buffer_check(buffer, what);
}

void buffer_close(struct buffer *buffer, const char *what)
{
	buffer_check(buffer, what);
	free(buffer->memory);
	*buffer = (struct buffer){0};
}

static void sizes_add(struct sizes *sizes, size_t count)
{
	for (size_t i = 0; i < sizes->count; i++)
		if (sizes->list[i] == count)
			return;
	sizes->list[sizes->count++] = count;
}

struct sizes sizes_of(cohort_type type, const struct run *run)
{
	/* What fits beside a sequence number, a page, a slice, a message. */
	static const size_t edges[] = {48, 4096, 16384, 65536};
	const size_t width = cohort_type_size(type);
	struct sizes sizes = {.count = 0};

	sizes_add(&sizes, 0);
	sizes_add(&sizes, 1);
	sizes_add(&sizes, 7);
	for (size_t i = 0; i < sizeof(edges) / sizeof(*edges); i++) {
		if (run->quick && i % 2 == 1)
			continue;
		size_t count = edges[i] / width;
		sizes_add(&sizes, count - 1);
		sizes_add(&sizes, count);
		sizes_add(&sizes, count + 1);
	}
	/* The same edge counted in elements, and more than any slice. */
	if (!run->quick)
		sizes_add(&sizes, 65536 + 1);
	if (!run->slow && (type == COHORT_UINT8 || type == COHORT_DOUBLE))
		sizes_add(&sizes, ((size_t)4 << 20) / width + 3);
	return sizes;
}
