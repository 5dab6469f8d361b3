#define _POSIX_C_SOURCE 200809L
#include "core_watch.h"

#include "common/base/clock.h"
#include "common/base/process_word.h"
#include "common/base/rank_states.h"
#include "liveness.h"

#include <signal.h>

/* Between two looks of a rank. */
#define LOOK_SECONDS 0.05

enum { RANKS_PER_LOOK = 4 };

void core_watch_note(const struct mp_world *world, int r, int signal)
{
	const pid_t tasks =
	    process_word_read(atomic_load(&world->states->ranks[r].child));

	if (tasks > 0)
		kill(-tasks, SIGKILL);
	atomic_store(&world->control->records[r].dumps, signal);
}

static void look_at_rank(struct mp_world *world, int r)
{
	const struct rank_record *record = &world->control->records[r];
	struct liveness_ending ending;

	if (atomic_load(&record->gone) || atomic_load(&record->dumps) ||
	    atomic_load(&record->groups) == 0 ||
	    !liveness_find_dump(record, &ending) || !ending.signalled)
		return;
	core_watch_note(world, r, ending.end);
	const struct world_failure failure =
	    world_end_as(world, r, true, ending.end);
	world_break(world, &failure);
}

/* Each rank begins behind its own number, so that together they look at all. */
void core_watch_look(struct mp_world *world)
{
	const double now = clock_seconds();
	const int others = world->size - 1;

	if (now - world->core_looked < LOOK_SECONDS)
		return;
	world->core_looked = now;
	for (int i = 0; i < RANKS_PER_LOOK && i < others; i++) {
		const int next = world->core_next;
		world->core_next = (next + 1) % others;
		look_at_rank(world, (world->rank + 1 + next) % world->size);
	}
}
