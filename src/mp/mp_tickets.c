#include "mp_tickets.h"

#include "mp_group.h"

static struct ticket_counter *counter_of(const struct mp_world *world)
{
	return &world->tickets->of[world->sweeps % 2];
}

/* Two sweeps in a row use two counters. No rank still uses the counter of this
 * sweep: it was last used two sweeps ago, and every rank has left that sweep,
 * since all ranks have entered the sweep between. */
cohort_status mp_tickets_open(struct world *base, uint64_t total)
{
	struct mp_group *group = (struct mp_group *)base;
	struct mp_world *world = group->world;

	world->sweeps++;
	group->tickets = total;
	if (world->rank == 0)
		atomic_store(&counter_of(world)->next, 0);
	return COHORT_OK;
}

cohort_status mp_tickets_claim(struct world *base, uint64_t most,
                               struct ticket_range *out)
{
	struct mp_group *group = (struct mp_group *)base;
	const uint64_t first = atomic_fetch_add_explicit(
	    &counter_of(group->world)->next, most, memory_order_relaxed);

	*out = ticket_range_cut(first, most, group->tickets);
	return COHORT_OK;
}

void mp_tickets_join(struct world *base)
{
	(void)base;
}

cohort_status mp_tickets_leave(struct world *base)
{
	(void)base;
	return COHORT_OK;
}
