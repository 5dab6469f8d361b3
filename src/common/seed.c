#include "seed.h"
uint64_t seed_of_task(uint64_t seed, uint64_t index)
{
	return seed * 31 + index;
}
