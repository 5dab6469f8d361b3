/* Double buffers: a value is read whole, whatever its writer is doing. */
#include "common/base/double_buffer.h"

#include <criterion/criterion.h>

#include <pthread.h>

enum { READERS = 2, WRITES = 3000000 };

/* Every word of write number n is n. */
struct value {
	uint64_t words[DOUBLE_BUFFER_WORDS];
};

static struct value value_of(uint64_t number)
{
	struct value value;

	for (size_t i = 0; i < DOUBLE_BUFFER_WORDS; i++)
		value.words[i] = number;
	return value;
}

Test(double_buffer, has_nothing_before_the_first_write)
{
	struct double_buffer buffer = {0};
	struct value value = value_of(7);

	cr_expect(!double_buffer_read(&buffer, &value, sizeof(value)));
	cr_expect(value.words[0] == 7, "it was written to");
	cr_expect(double_buffer_turn(&buffer) == 0);
}

Test(double_buffer, returns_the_last_value)
{
	struct double_buffer buffer = {0};
	struct value value;

	for (uint64_t n = 1; n <= 5; n++) {
		value = value_of(10 * n);
		double_buffer_write(&buffer, &value, sizeof(value));
		value = value_of(0);
		cr_assert(double_buffer_read(&buffer, &value, sizeof(value)));
		cr_expect(value.words[DOUBLE_BUFFER_WORDS - 1] == 10 * n);
		cr_expect(double_buffer_turn(&buffer) == n);
	}
}

/* A writer that is killed while it copies leaves some words of the next value,
 * and the old turn. */
Test(double_buffer, survives_a_write_that_was_not_completed)
{
	for (uint64_t before = 1; before <= 2; before++) {
		struct double_buffer buffer = {0};
		struct value value;
		for (uint64_t n = 1; n <= before; n++) {
			value = value_of(n);
			double_buffer_write(&buffer, &value, sizeof(value));
		}
		const uint64_t turn = double_buffer_turn(&buffer);
		struct double_buffer next = buffer;
		value = value_of(99);
		double_buffer_write(&next, &value, sizeof(value));
		for (size_t i = 0; i < DOUBLE_BUFFER_WORDS / 2; i++)
			for (int c = 0; c < 2; c++)
				buffer.copies[c][i] = next.copies[c][i];
		cr_assert(double_buffer_read(&buffer, &value, sizeof(value)));
		for (size_t i = 0; i < DOUBLE_BUFFER_WORDS; i++)
			cr_expect(value.words[i] == before, "word %zu is %llu",
			          i, (unsigned long long)value.words[i]);
		cr_expect(double_buffer_turn(&buffer) == turn);
	}
}

struct reading {
	const struct double_buffer *buffer;
	uint64_t mixed;    /* reads with words of two values */
	uint64_t backward; /* reads of a value older than the one before */
};

static void *read_all(void *arg)
{
	struct reading *reading = arg;
	uint64_t last = 0;

	while (last < WRITES) {
		struct value value;
		if (!double_buffer_read(reading->buffer, &value, sizeof(value)))
			continue;
		for (size_t i = 1; i < DOUBLE_BUFFER_WORDS; i++)
			reading->mixed += value.words[i] != value.words[0];
		reading->backward += value.words[0] < last;
		last = value.words[0];
	}
	return NULL;
}

Test(double_buffer, readers_in_other_threads_get_whole_values)
{
	static struct double_buffer buffer;
	struct reading readings[READERS];
	pthread_t threads[READERS];

	for (int i = 0; i < READERS; i++) {
		readings[i] = (struct reading){.buffer = &buffer};
		cr_assert(
		    !pthread_create(&threads[i], NULL, read_all, &readings[i]));
	}
	for (uint64_t n = 1; n <= WRITES; n++) {
		const struct value value = value_of(n);
		double_buffer_write(&buffer, &value, sizeof(value));
	}
	for (int i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		cr_expect(readings[i].mixed == 0, "%llu values were mixed",
		          (unsigned long long)readings[i].mixed);
		cr_expect(readings[i].backward == 0);
	}
}
