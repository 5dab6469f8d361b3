/* Functions that are compiled once for every processor and once more for those
 * with wider vectors; which one is called is settled when the program starts.
 * Where the compiler cannot do that, they are compiled once. Whether it pays:
 * bench/kernels.sh. */
#ifndef COHORT_COMMON_BASE_TARGET_CLONES_H
#define COHORT_COMMON_BASE_TARGET_CLONES_H

/* Sanitizers instrument the code that would settle it, before they are up. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TARGET_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define TARGET_CLONES
#endif

#endif
