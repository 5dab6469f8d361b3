/*
 * cohort_interrupt. A signal handler may call it, so it makes no call but those
 * that are safe there, takes no lock, and leaves the rest to the thread that is
 * in a call: it sets words that waits and group_enter read anyway.
 */
#include "common/base/rank_states.h"
#include "common/base/stop_word.h"
#include "group.h"

void cohort_interrupt(cohort *group)
{
	if (!group || group_is_closed(group) || !group_is_own(group))
		return;
	const int saved = errno;
	const struct world *world = group->world;
	void (*interrupt)(void) = group->interrupt;

	/* The world is there as long as a sweep runs; while the group is being
	 * closed it may not be. */
	if (group_is_in_task(group))
		stop_word_write(
		    &world->states->stop,
		    stop_word_of_interrupt(world->sweep, world->rank));
	atomic_store(&group->interrupted, 1);
	atomic_fetch_or(&group->occupied, GROUP_INTERRUPTED);
	if (interrupt)
		interrupt();
	errno = saved;
}
