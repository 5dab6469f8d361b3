/* What the table of thresholds must be like for the algorithms to be right. */
#include "mp/shm/slot.h"
#include "mp/shm/tuning.h"

#include <criterion/criterion.h>

enum { BLOCK_PLACES = 3, EXCHANGE_PLACES = 3, RANKS_MOST = 1024 };

static struct shm_plane plane;

static void expect_ring(const struct tuning_ring *ring, size_t places)
{
	cr_expect(ring->round <= RING_BYTES);
	cr_expect(ring->round % ring->slice == 0);
	cr_expect(ring->round / ring->slice >= places);
}

static void expect_table(bool fits)
{
	plane.fits = fits;
	const struct tuning *cut = tuning_for(&plane);
	expect_ring(&cut->all, EXCHANGE_PLACES);
	expect_ring(&cut->one, 2);
	expect_ring(&cut->one_long, 2);
	cr_expect(cut->reduce_alone <= SLOT_BYTES);
	cr_expect(cut->all.round / slot_bytes(cut->block) >= BLOCK_PLACES);
	cr_expect(slot_room(cut->all.round, SLOT_LEAST) / SLOT_SMALL >=
	          BLOCK_PLACES);
}

Test(cut, of_ranks_that_fit)
{
	expect_table(true);
}

Test(cut, of_ranks_that_do_not)
{
	expect_table(false);
}

Test(cut, rooms_are_powers_of_two_and_hold_a_slot)
{
	for (int fits = 0; fits < 2; fits++)
		for (int size = 1; size <= RANKS_MOST; size++) {
			tuning_prepare(&plane, size, fits);
			const size_t room = plane.slots_room;
			cr_assert(room >= SLOT_BYTES && room <= SLOTS_BYTES);
			cr_assert((room & (room - 1)) == 0);
		}
}
