/* Numbers of processes with a check. */
#include "common/base/process_word.h"

#include <criterion/criterion.h>
#include <limits.h>

Test(process_word, numbers_come_back)
{
	const pid_t numbers[] = {2, 3, 1234, 4194304, INT_MAX};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		cr_expect_eq(process_word_read(process_word(numbers[i])),
		             numbers[i]);
}

/* kill would take them for all processes, for the own group, or for init. */
Test(process_word, no_word_stands_for_several_processes)
{
	for (pid_t number = -3; number <= 1; number++) {
		cr_expect_eq(process_word(number), 0);
		cr_expect_eq(process_word_read((uint64_t)number), 0);
		cr_expect_eq(process_word_read((uint32_t)number), 0);
	}
}

Test(process_word, other_words_are_none)
{
	const uint64_t word = process_word(1234);

	cr_expect_eq(process_word_read(1234), 0);
	cr_expect_eq(process_word_read(word + 1), 0);
	for (int bit = 0; bit < 64; bit++)
		cr_expect_eq(process_word_read(word ^ 1ull << bit), 0, "bit %d",
		             bit);
}
