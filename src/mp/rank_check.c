#include "rank_check.h"

#include "common/base/clock.h"
#include "core_watch.h"
#include "liveness.h"

/* Between two looks for a core file; with more than ENDS_PER_CHECK ranks
 * longer, so that all of them look equally often. */
#define DUMP_CHECK_SECONDS 0.1

/* How long the monitor may take to kill the peers of a rank 0 that ends, and
 * how much longer for each of them. */
#define ROOT_SECONDS 0.02
#define ROOT_SECONDS_EACH 0.5e-3

/* With more ranks than that each of them checks fewer at a time: all together
 * check all, and a page has the records of two. */
enum { ENDS_PER_CHECK = 64, ENDS_IN_CROWD = 8, NO_RANK = -1 };

bool rank_check_left(const struct mp_world *world, struct world_failure *out)
{
	const struct control_page *control = world->control;

	if (atomic_load(&control->gone) == 0)
		return false;
	for (int r = 0; r < world->size; r++) {
		if (!atomic_load(&control->records[r].gone) ||
		    !control_is_missing(control, r, world->calls))
			continue;
		*out = world_end(world, r);
		return true;
	}
	return false;
}

/* Whether a rank has refused call number `number` of this rank, `call`. */
static bool find_refused(const struct mp_world *world, const struct call *call,
                         uint64_t number, struct world_failure *out)
{
	const struct control_page *control = world->control;

	for (int r = 0; r < world->size; r++) {
		if (!control_has_refused(control, r, number))
			continue;
		*out = (struct world_failure){
		    .reason = WORLD_FAILURE_REFUSED,
		    .a = world->rank,
		    .b = r,
		    .call_a = *call,
		    .call_b = {.kind =
		                   control_refused_kind(control, r, number)},
		};
		return true;
	}
	return false;
}

/* No rank has refused a call that is settled, so it does no harm to check such
 * calls again. */
bool rank_check_refused(const struct mp_world *world, const struct call *call,
                        struct world_failure *out)
{
	const struct past_call *past =
	    world->control->records[world->rank].past;

	if (atomic_load(&world->control->refusals) == 0)
		return false;
	for (int i = 0; i < PAST_CALLS; i++)
		if (past[i].rendezvous > 0 &&
		    find_refused(world, &past[i].call, past[i].number, out))
			return true;
	return find_refused(world, call, world->calls, out);
}

/* Whether rank r seems to be ending, and its end breaks the world. The monitor
 * sees the end later (liveness.h). If the rank has closed all its groups, its
 * end breaks the world as in rank_check_left. */
static bool seems_to_end(const struct mp_world *world, int r)
{
	const struct rank_record *record = &world->control->records[r];

	return liveness_is_marked(record) && !atomic_load(&record->gone) &&
	       (atomic_load(&record->groups) > 0 ||
	        control_is_missing(world->control, r, world->calls));
}

/* The rank `awaited` if it seems to end. Else the first one that does of the
 * next ranks, which follow those of the last call. NO_RANK if none does. */
static int find_ending(struct mp_world *world, int awaited)
{
	const int count =
	    world->size > ENDS_PER_CHECK ? ENDS_IN_CROWD : world->size;

	if (seems_to_end(world, awaited))
		return awaited;
	for (int i = 0; i < count; i++) {
		world->last_checked = (world->last_checked + 1) % world->size;
		if (seems_to_end(world, world->last_checked))
			return world->last_checked;
	}
	return NO_RANK;
}

/* A peer that has another parent than the monitor ends because the monitor was
 * killed. */
static bool ends_with_monitor(const struct mp_world *world, int r,
                              const struct liveness_ending *ending)
{
	const pid_t monitor =
	    world->parent > 0 ? world->parent : world->monitor;

	return r != 0 && monitor > 0 && ending->parent != monitor;
}

/* `awaited`; or if this rank waits for several, the first that is missing from
 * the call. NO_RANK if none is. */
static int find_missing(const struct mp_world *world, int awaited)
{
	if (awaited != world->rank)
		return awaited;
	for (int r = 0; r < world->size; r++)
		if (control_is_missing(world->control, r, world->calls))
			return r;
	return NO_RANK;
}

/* Whether a rank that delays this one crashes and writes a core file. */
static bool find_dump(struct mp_world *world, int awaited,
                      struct world_failure *out)
{
	const int crowds = (world->size + ENDS_PER_CHECK - 1) / ENDS_PER_CHECK;
	const double now = clock_seconds();
	const bool first = world->dump_checked == 0;
	struct liveness_ending ending;

	if (now - world->dump_checked < DUMP_CHECK_SECONDS * crowds)
		return false;
	world->dump_checked = now;
	if (first)
		return false;
	const int r = find_missing(world, awaited);
	if (r == NO_RANK ||
	    !liveness_find_dump(&world->control->records[r], &ending) ||
	    !ending.signalled)
		return false;
	core_watch_note(world, r, ending.end);
	*out = world_end_as(world, r, true, ending.end);
	return true;
}

/* If rank 0 ends, the monitor kills its peers. A thousand ranks that look in
 * /proc meanwhile, for rank 0 and for those that the monitor has killed, or
 * break the world, which wakes them all, would keep the cores from it. But it
 * may be stopped: then this rank breaks the world. */
static bool is_left_to_monitor(struct mp_world *world)
{
	const struct control_page *control = world->control;

	if (!liveness_is_marked(&control->records[0]) &&
	    !atomic_load(&control->ending))
		return false;
	const double now = clock_seconds();
	if (world->all_end == 0)
		world->all_end = now;
	return now - world->all_end <
	       ROOT_SECONDS + ROOT_SECONDS_EACH * world->size;
}

bool rank_check_ending(struct mp_world *world, int awaited,
                       struct world_failure *out)
{
	struct liveness_ending ending;

	if (is_left_to_monitor(world))
		return false;
	const int r = find_ending(world, awaited);
	if (r == NO_RANK)
		return find_dump(world, awaited, out);
	if (!liveness_find_end(&world->control->records[r], &ending))
		return false;
	/* Some process is reaping the rank, possibly the monitor, which then
	 * records the end. */
	if (r != 0 && ending.parent <= 0)
		return false;
	*out = ends_with_monitor(world, r, &ending)
	           ? (struct world_failure){.reason = WORLD_FAILURE_MONITOR}
	           : world_end_as(world, r, ending.signalled, ending.end);
	return true;
}
