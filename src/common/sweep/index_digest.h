/*
 * An isolated task may have written to the words by which ranks claim tasks.
 * Then some tasks may have run twice and others not at all, and the number of
 * results is right. The digests of the ranks' results add up to that of all
 * tasks only if each task has one result. Cost: some ns for each task.
 */
#ifndef COHORT_COMMON_SWEEP_INDEX_DIGEST_H
#define COHORT_COMMON_SWEEP_INDEX_DIGEST_H

#include <stdint.h>

static inline uint64_t index_digest(uint64_t index)
{
	index = (index ^ index >> 32) * 0xd6e8feb86659fd93;
	index = (index ^ index >> 32) * 0xd6e8feb86659fd93;
	return index ^ index >> 32;
}

#endif
