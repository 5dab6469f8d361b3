/* The fuzzed function, under the name that libFuzzer calls it by, and inputs
 * to begin with. */
#ifndef FUZZ_JOURNAL_H
#define FUZZ_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

enum { SEEDS = 11, SEED_BYTES = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* Make the checksums of an input right; its size, which stays. */
size_t repair(uint8_t *input, size_t count);

/* Input n of SEEDS; its size. */
size_t make_seed(int n, uint8_t *out);

#endif
