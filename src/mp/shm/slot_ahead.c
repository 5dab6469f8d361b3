#include "slot_ahead.h"

#include "adaptive_copy.h"
#include "staging.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* The compiler's own prefetch of a line to be written asks for it to be read,
 * unless the library is compiled for processors that all have this one. */
static inline void take_line(const unsigned char *line)
{
	__asm__ volatile("prefetchw %0" : : "m"(*line));
}

bool slot_ahead_possible(void)
{
	const unsigned extended = 0x80000001;
	const unsigned prefetchw = 1 << 8;
	unsigned a;
	unsigned b;
	unsigned c;
	unsigned d;

	return __get_cpuid(extended, &a, &b, &c, &d) && c & prefetchw;
}
#else
static inline void take_line(const unsigned char *line)
{
	__builtin_prefetch(line, 1);
}

bool slot_ahead_possible(void)
{
	return true;
}
#endif

static void take_lines(const unsigned char *slot, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += SLOT_LEAST)
		take_line(slot + i);
}

void slot_ahead_take(const struct rendezvous *rdv, size_t bytes)
{
	const struct rendezvous next = {
	    .plane = rdv->plane,
	    .arena = rdv->arena,
	    .number = rdv->number + 1,
	};

	if (adaptive_copy_is_cached(&rdv->plane->copy_state, bytes))
		take_lines(staging_of(&next, rdv->rank, bytes), bytes);
}
