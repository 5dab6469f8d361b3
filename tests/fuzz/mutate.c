/* libFuzzer's own mutations. After most of them the checksums are computed
 * again. */
#include "journal.h"

size_t LLVMFuzzerMutate(uint8_t *input, size_t count, size_t room);
size_t LLVMFuzzerCustomMutator(uint8_t *input, size_t count, size_t room,
                               unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *input, size_t count, size_t room,
                               unsigned seed)
{
	count = LLVMFuzzerMutate(input, count, room);
	return seed % 8 == 0 ? count : repair(input, count);
}
