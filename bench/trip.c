#include "trip.h"

#include "machine.h"

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

static void put(struct word *word, uint32_t number)
{
	atomic_store_explicit(&word->value, number, memory_order_release);
}

static void await(struct word *word, uint32_t number)
{
	while (atomic_load_explicit(&word->value, memory_order_acquire) !=
	       number)
		relax();
}

double trip_rounds(struct word words[2], int side, uint32_t first,
                   uint32_t count)
{
	const double start = machine_seconds();

	for (uint32_t i = first; i < first + count; i++) {
		if (side == 0)
			put(&words[0], i);
		await(&words[!side], i);
		if (side == 1)
			put(&words[1], i);
	}
	return machine_seconds() - start;
}
