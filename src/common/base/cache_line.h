/* Sizes of cache lines, for data that several processors use. */
#ifndef COHORT_COMMON_BASE_CACHE_LINE_H
#define COHORT_COMMON_BASE_CACHE_LINE_H

/* Two cache lines, which processors fetch together. Words that different ranks
 * write lie in different pairs, so that no write takes another rank's line. */
enum { CACHE_PAIR_BYTES = 128 };

#endif
