/*
 * Data in closed form, and buffers that detect writes beside them. Every byte
 * follows from a seed and its position, so that a rank can compute the data of
 * another one, and a piece at a wrong position is detected.
 */
#ifndef CONFORMANCE_PATTERN_H
#define CONFORMANCE_PATTERN_H

#include "check.h"

#include <stdint.h>

/* Bytes `from` to `from + bytes` of the pattern `seed`. */
void pattern_fill(void *at, size_t from, size_t bytes, uint64_t seed);

/* Checks that they are there; `what` is for the sentence. */
void pattern_check(const void *at, size_t from, size_t bytes, uint64_t seed,
                   const char *what);

/* 64 pseudorandom bits. */
uint64_t pattern_mix(uint64_t x);

struct buffer {
	unsigned char *memory;
	unsigned char *data; /* `bytes` bytes, known ones on both sides */
	size_t bytes;
};

/* `shift` bytes behind an aligned address; filled with bytes that no rank
 * sends on purpose. */
struct buffer buffer_open(size_t bytes, size_t shift);

/* Nothing was written before or behind it. */
void buffer_check(const struct buffer *buffer, const char *what);

/* Nothing was written into it either, since it was opened. */
void buffer_untouched(const struct buffer *buffer, const char *what);

/* Checks it as well. */
void buffer_close(struct buffer *buffer, const char *what);

/* The sizes in bytes at which something changes, and their neighbours; the
 * last of them is at least 4 MiB. Quick and slow runs leave some out. */
struct sizes {
	size_t list[40];
	size_t count;
};
struct sizes sizes_of(cohort_type type, const struct run *run);

#endif
