#include "draws.h"

/* A power of two between these, or one byte or one element less or more. */
static size_t draw_edge(struct dice *dice, unsigned least, unsigned most)
{
	static const size_t distances[] = {1, 4, 8};
	const size_t edge = (size_t)1
	                    << (least + dice_below(dice, most - least + 1));
	const size_t distance = distances[dice_below(dice, 3)];

	return edge - distance + dice_below(dice, 3) * distance;
}

/* Sizes at which the library changes its algorithm, and sizes beside them.
 * Among the powers of two are the sizes of slots (from 64 bytes to 64 KiB), of
 * slices and blocks (up to 256 KiB), and of the rounds of a ring (up to 2
 * MiB). */
size_t draw_bytes(const struct run *run, struct dice *dice)
{
	static const struct {
		unsigned weight;
		size_t least;
		size_t span;
	} classes[] = {
	    {5, 0, 1},      {30, 8, 1},          {22, 40, 18},
	    {18, 2040, 17}, {12, 200, 900},      {8, 2048, 63489},
	    {4, 65520, 33}, {1, 100000, 200000},
	};
	if (dice_below(dice, 1000) < run->large)
		return dice_once(dice, 2)
		           ? draw_edge(dice, 18, 21)
		           : BYTES_MOST - dice_below(dice, BYTES_MOST - 300000);
	if (dice_once(dice, 20))
		return draw_edge(dice, 6, 16);
	if (dice_once(dice, 100))
		return draw_edge(dice, 17, 18);
	unsigned at = (unsigned)dice_below(dice, 100);
	size_t i = 0;
	while (at >= classes[i].weight)
		at -= classes[i++].weight;
	return classes[i].least + dice_below(dice, classes[i].span);
}

int draw_root(struct run *run)
{
	const int root = (int)dice_below(&run->all, (uint64_t)run->size);

	return run->root == ANY_ROOT ? root : run->root;
}

cohort_type draw_type(struct dice *dice)
{
	static const cohort_type types[] = {COHORT_UINT8, COHORT_UINT32,
	                                    COHORT_UINT64, COHORT_FLOAT,
	                                    COHORT_DOUBLE};

	return types[dice_below(dice, sizeof(types) / sizeof(*types))];
}

const struct memory *draw_memory(struct run *run)
{
	const uint64_t mode = dice_below(&run->all, 4);
	const bool own = dice_once(&run->own, 2);

	return mode == 0 || (mode == 1 && own) ? &run->shared : &run->plain;
}

size_t draw_counts(struct run *run, size_t width)
{
	const bool alike = dice_once(&run->all, 3);
	const size_t bytes = draw_bytes(run, &run->all);
	size_t total = 0;

	for (int r = 0; r < run->size; r++) {
		const uint64_t mode = dice_below(&run->all, 6);
		size_t part = bytes;
		if (!alike && mode == 0)
			part = 0;
		else if (!alike && mode == 1)
			part = bytes / 2;
		else if (!alike && mode == 2)
			part = draw_bytes(run, &run->all);
		run->counts[r] = part / width;
		total += run->counts[r] * width;
	}
	return total;
}
