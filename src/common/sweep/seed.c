/*
 * Philox4x32-10: ten rounds of two 32 by 32 bit products each. Its constants
 * are those of the paper and of its authors' Random123.
 * Cost: 20 multiplications, no state and no memory.
 */
#include "seed.h"

enum { ROUNDS = 10 };

static const uint64_t factors[2] = {0xD2511F53, 0xCD9E8D57};
/* The keys grow by these in each round: the fractions of the golden ratio and
 * of sqrt(3). */
static const uint32_t key_steps[2] = {0x9E3779B9, 0xBB67AE85};

void seed_philox(const uint32_t counter[4], const uint32_t key[2],
                 uint32_t out[4])
{
	uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
	uint32_t k[2] = {key[0], key[1]};

	for (int round = 0; round < ROUNDS; round++) {
		const uint64_t a = factors[0] * c[0];
		const uint64_t b = factors[1] * c[2];
		const uint32_t high_a = (uint32_t)(a >> 32);
		const uint32_t high_b = (uint32_t)(b >> 32);

		c[0] = high_b ^ c[1] ^ k[0];
		c[1] = (uint32_t)b;
		c[2] = high_a ^ c[3] ^ k[1];
		c[3] = (uint32_t)a;
		k[0] += key_steps[0];
		k[1] += key_steps[1];
	}
	for (int i = 0; i < 4; i++)
		out[i] = c[i];
}

uint64_t seed_of_task(uint64_t seed, uint64_t index)
{
	const uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32)};
	const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
	uint32_t out[4];

	seed_philox(counter, key, out);
	return (uint64_t)out[1] << 32 | out[0];
}
