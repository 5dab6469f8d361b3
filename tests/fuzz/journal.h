/* The fuzzed function, which libFuzzer calls by this name, and the first
 * inputs. */
#ifndef FUZZ_JOURNAL_H
#define FUZZ_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

enum { FIRST_SHARED_SEED = 11, SEEDS = 16, SEED_BYTES = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* Compute the checksums of an input again. Returns its size, which does not
 * change. */
size_t repair(uint8_t *input, size_t count);

/* Write input n of SEEDS to `out`. Returns its size. */
size_t make_seed(int n, uint8_t *out);

#endif
