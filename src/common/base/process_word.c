/* The check is a hash of the number and of random bytes that the kernel gives
 * each program at its start, and that forked processes inherit. They are not in
 * shared memory, so other words have the right check only by a chance of
 * 2^-32. */
#include "process_word.h"

#include <string.h>
#include <sys/auxv.h>

static uint64_t random_key(void)
{
	const void *bytes;
	const unsigned long address = getauxval(AT_RANDOM);
	uint64_t key = 0;

	memcpy(&bytes, &address, sizeof(bytes));
	if (bytes)
		memcpy(&key, bytes, sizeof(key));
	return key;
}

uint64_t process_word(pid_t number)
{
	const uint64_t low = (uint32_t)number;
	uint64_t hash = (random_key() ^ low) * 0x9e3779b97f4a7c15u;

	hash = (hash ^ hash >> 32) * 0xd6e8feb86659fd93u;
	return number > 1 ? hash >> 32 << 32 | low : 0;
}

pid_t process_word_read(uint64_t word)
{
	const pid_t number = (pid_t)(uint32_t)word;

	return number > 1 && process_word(number) == word ? number : 0;
}
