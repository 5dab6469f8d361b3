/* Steps and decisions of a sweep (survivors.h), each in one word: the number of
 * the sweep, the number of decisions before, and which one it is. */
#ifndef COHORT_COMMON_SWEEP_STEPS_H
#define COHORT_COMMON_SWEEP_STEPS_H

#include <stdint.h>

enum step { STEP_READY = 1, STEP_WORKS, STEP_LEFT };

/* Those from DECISION_END on are the last of their sweep. */
enum decision {
	DECISION_BEGUN = 1,
	DECISION_PASS,
	DECISION_SINGLY, /* a pass with a child for each task */
	DECISION_END,
	DECISION_REFUSED
};

/* In `agreed`: the rank was not READY for the sweep, and has no records. */
#define STEP_NONE UINT64_MAX

enum { STEP_SERIAL_BITS = 16, STEP_KIND_BITS = 8 };

/* Never 0, since the count of a group's sweeps begins at 1. */
static inline uint64_t step_sweep(unsigned group, unsigned count)
{
	return (uint64_t)(group & 0xffff) << 24 | (count & 0xffffff);
}

static inline uint64_t step_word(uint64_t sweep, unsigned serial, unsigned kind)
{
	return sweep << (STEP_SERIAL_BITS + STEP_KIND_BITS) |
	       (uint64_t)(serial & 0xffff) << STEP_KIND_BITS | kind;
}

static inline uint64_t step_sweep_of(uint64_t word)
{
	return word >> (STEP_SERIAL_BITS + STEP_KIND_BITS);
}

static inline unsigned step_serial_of(uint64_t word)
{
	return (unsigned)(word >> STEP_KIND_BITS) & 0xffff;
}

static inline unsigned step_kind_of(uint64_t word)
{
	return (unsigned)word & 0xff;
}

#endif
