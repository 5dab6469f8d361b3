/* The algorithms are correct only if the table of thresholds has these
 * properties. */
#include "mp/shm/slot.h"
#include "mp/shm/tuning.h"

#include <criterion/criterion.h>

enum { BLOCK_PLACES = 3, ALLGATHER_SLICES = 3, RANKS_MOST = 1024 };

static struct shm_plane plane;

static void expect_ring(const struct tuning_ring *ring, size_t slices)
{
	cr_expect(ring->round <= RING_BYTES);
	cr_expect(ring->round % ring->slice == 0);
	cr_expect(ring->round / ring->slice >= slices);
}

static void expect_table(bool fits)
{
	plane.fits = fits;
	const struct tuning *tuning = tuning_for(&plane);
	expect_ring(&tuning->all, ALLGATHER_SLICES);
	expect_ring(&tuning->one, 2);
	expect_ring(&tuning->one_long, 2);
	cr_expect(tuning->all.round / slot_bytes(tuning->block) >=
	          BLOCK_PLACES);
	cr_expect(slot_room(tuning->all.round, SLOT_LEAST) / SLOT_SMALL >=
	          BLOCK_PLACES);
}

Test(tuning, of_ranks_that_fit)
{
	expect_table(true);
}

Test(tuning, of_ranks_that_do_not_fit)
{
	expect_table(false);
}

Test(tuning, rooms_of_slots_are_powers_of_two_within_their_set)
{
	for (int fits = 0; fits < 2; fits++)
		for (int size = 1; size <= RANKS_MOST; size++) {
			tuning_prepare(&plane, size, fits);
			const size_t room = plane.slots_room;
			cr_assert(room >= SLOT_SMALL && room <= SLOTS_BYTES);
			cr_assert((room & (room - 1)) == 0);
			cr_assert(plane.reduce_alone <= SLOT_BYTES);
		}
}

/* What slots in all sets use ends before the slots that are in a few sets. */
Test(tuning, large_slots_of_many_ranks_have_a_place_of_their_own)
{
	for (int size = 1; size <= RANKS_MOST; size++) {
		tuning_prepare(&plane, size, true);
		cr_assert(plane.slot_most == SLOT_BYTES);
		tuning_prepare(&plane, size, false);
		if (plane.slot_most == SLOT_BYTES)
			continue;
		cr_assert(plane.slot_most >= SLOT_LEAST);
		cr_assert(plane.slots_room <= FEW_OFFSET);
		for (uint64_t turn = 0; turn < 100; turn++)
			cr_assert(
			    slot_offset(plane.slots_room, turn, SLOT_BYTES) +
			        SLOT_BYTES <=
			    FEW_OFFSET);
	}
}
