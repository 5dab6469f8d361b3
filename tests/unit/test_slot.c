/* Slots of all sizes lie in their set, hold their bytes, and take turns in the
 * whole set. */
#include "mp/shm/slot.h"

#include "mp/arena.h"

#include <criterion/criterion.h>

static const size_t rooms[] = {SLOT_LEAST, SLOT_BYTES / 8, SLOT_BYTES,
                               SLOTS_BYTES};

enum { ROOMS = sizeof(rooms) / sizeof(*rooms) };

Test(slot, is_the_power_of_two_that_holds_the_bytes)
{
	for (size_t bytes = 0; bytes <= SLOT_BYTES; bytes++) {
		const size_t slot = slot_bytes(bytes);
		cr_assert(slot >= bytes && slot >= SLOT_LEAST);
		cr_assert((slot & (slot - 1)) == 0);
		cr_assert(slot == SLOT_LEAST || slot / 2 < bytes);
	}
}

Test(slot, lies_in_its_set)
{
	for (int i = 0; i < ROOMS; i++)
		for (size_t bytes = 1; bytes <= SLOT_BYTES; bytes += 13)
			for (uint64_t turn = 0; turn < 300; turn++) {
				const size_t at =
				    slot_offset(rooms[i], turn, bytes);
				const size_t slot = slot_bytes(bytes);
				cr_assert(at + slot <= rooms[i] ||
				          (at == 0 && slot <= SLOTS_BYTES));
				cr_assert(at % SLOT_LEAST == 0);
			}
}

/* Large slots use the whole room before an address is used again, or more than
 * the room; small ones stay in a few pages. */
Test(slot, takes_turns)
{
	for (int i = 0; i < ROOMS; i++)
		for (size_t bytes = 1; bytes <= SLOT_BYTES; bytes *= 2) {
			const bool small =
			    bytes <= SLOT_SMALL && rooms[i] > SLOT_SMALL_SET;
			const size_t room = small ? SLOT_SMALL_SET : rooms[i];
			const size_t slot = slot_bytes(bytes);
			const uint64_t turns = slot < room ? room / slot : 1;
			for (uint64_t turn = 0; turn < 2 * turns; turn++)
				cr_assert(slot_offset(rooms[i], turn, bytes) ==
				          turn % turns * slot);
		}
}

/* Turns are never counted anew. */
Test(slot, of_turns_beyond_32_bits)
{
	const uint64_t turn = ((uint64_t)1 << 40) + 3;

	cr_expect(slot_offset(SLOTS_BYTES, turn, SLOT_BYTES) == 3 * SLOT_BYTES);
}
