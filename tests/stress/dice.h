/* Pseudorandom numbers that every rank can draw again. */
#ifndef STRESS_DICE_H
#define STRESS_DICE_H

#include <stdbool.h>
#include <stdint.h>

struct dice {
	uint64_t state;
};

/* splitmix64 */
static inline uint64_t dice_draw(struct dice *dice)
{
	uint64_t x = dice->state += 0x9e3779b97f4a7c15;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/* For one operation of a run; `whose` is 0 for numbers that all ranks draw
 * alike. */
static inline struct dice dice_for(uint64_t seed, uint64_t operation,
                                   uint64_t whose)
{
	struct dice dice = {seed};

	dice.state = dice_draw(&dice) + operation;
	dice.state = dice_draw(&dice) + whose;
	dice.state = dice_draw(&dice);
	return dice;
}

/* 0 to below - 1. */
static inline uint64_t dice_below(struct dice *dice, uint64_t below)
{
	return dice_draw(dice) % below;
}

/* Once in `in` draws. */
static inline bool dice_once(struct dice *dice, uint64_t in)
{
	return dice_below(dice, in) == 0;
}

#endif
