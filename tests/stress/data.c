#include "run.h"

#include <string.h>

enum { WORD = sizeof(uint64_t), SPOILT = 0xa5 };

static const uint64_t odd = 0x9e3779b97f4a7c15;

uint64_t data_key(const struct run *run, int r)
{
	struct dice dice = dice_for(~(run->seed + (run->step << 32)),
	                            run->operation, (uint64_t)r);

	return dice_draw(&dice);
}

void data_fill(void *at, size_t bytes, uint64_t key)
{
	unsigned char *to = at;

	for (size_t i = 0; i < bytes; i += WORD) {
		const uint64_t word = (key + i) * odd;
		memcpy(to + i, &word, bytes - i < WORD ? bytes - i : WORD);
	}
}

void data_check(const struct run *run, const void *at, size_t bytes,
                uint64_t key, const char *what)
{
	const unsigned char *found = at;

	for (size_t i = 0; i < bytes; i += WORD) {
		const uint64_t word = (key + i) * odd;
		const size_t n = bytes - i < WORD ? bytes - i : WORD;
		uint64_t got = 0;
		if (!memcmp(found + i, &word, n))
			continue;
		memcpy(&got, found + i, n);
		run_fail(run,
		         "%s: bytes %zu to %zu of %zu are %#llx, not %#llx",
		         what, i, i + n - 1, bytes, (unsigned long long)got,
		         (unsigned long long)word);
	}
}

void data_spoil(void *at, size_t bytes)
{
	memset(at, SPOILT, bytes);
}

uint64_t data_number(uint64_t key, size_t i, cohort_type type)
{
	const uint64_t word = (key + i) * odd;

	switch (type) {
	case COHORT_UINT8:
		return word >> 56;
	case COHORT_UINT32:
		return word >> 32;
	case COHORT_FLOAT:
		return word >> 50;
	case COHORT_DOUBLE:
		return word >> 20;
	default:
		return word;
	}
}
