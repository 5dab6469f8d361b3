/* A function marked TARGET_CLONES is compiled twice: for every processor, and
 * for processors with AVX2. The loader chooses one of them when the program
 * starts. Compilers that cannot do this compile the function once.
 * bench/kernels.sh measures the gain. */
#ifndef COHORT_COMMON_BASE_TARGET_CLONES_H
#define COHORT_COMMON_BASE_TARGET_CLONES_H

/* Not with sanitizers: they instrument the code that chooses, which runs before
 * the sanitizer is initialised. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TARGET_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define TARGET_CLONES
#endif

#endif
