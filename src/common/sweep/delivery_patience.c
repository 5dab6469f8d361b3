#include "delivery_patience.h"

#include "common/base/rank_states.h"
#include "common/base/worker_stats.h"
#include "delivery_mail_state.h"
#include "delivery_sleep.h"

/* After a death, ranks that are held up leave their share: the awaited task may
 * be that of the dead rank, or of one that has left its share for this reason.
 * It is run again when all ranks rest. */
#define FAILED_SECONDS 0.2

enum { SIGN_WEIGHT = 31 /* odd, so that two changes hardly make up */ };

static uint64_t count_done(const struct world *world)
{
	uint64_t done = 0;

	for (int r = 0; r < world->local_size; r++)
		done += counter_read(&world->stats->ranks[r].done);
	return done;
}

static uint64_t count_messages(const struct sweep_run *run)
{
	const struct delivery_mail *mail = run->delivery->mail;
	const int size = run->group->world->size;
	uint64_t messages = 0;

	if (!mail)
		return 0;
	for (int r = 1; mail->peers && r < size; r++)
		messages += mail->peers[r].received;
	return messages + mail->heard +
	       atomic_load(&delivery_own_state(run)->mailed);
}

/* A number that changes with each sign of life. */
static uint64_t signs_of_life(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const struct rank_states *states = world->states;
	const uint64_t signs[] = {
	    count_done(world),
	    atomic_load(&states->delivered),
	    atomic_load(&states->held),
	    atomic_load(&delivery_own_state(run)->taken),
	    count_messages(run),
	    run->delivery->arrived_count,
	};
	uint64_t all = 1; /* 0: there was no look yet */

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		all = SIGN_WEIGHT * all + signs[i];
	return all;
}

/* On other machines than its own, rank 0's signs are messages, which it does
 * not send in a task. */
static double seconds_of_silence(const struct sweep_run *run)
{
	const struct world *world = run->group->world;
	const bool is_far = world->nodes != 1 && world->rank != 0;

	return run->group->timeout * (is_far ? 2 : 1);
}

static bool is_silent(const struct sweep_run *run, struct patience *patience)
{
	const uint64_t signs = signs_of_life(run);

	if (signs != patience->signs)
		patience->silent = time_limit_in(seconds_of_silence(run));
	patience->signs = signs;
	return time_limit_passed(&patience->silent);
}

static void time_out(struct sweep_run *run)
{
	run->delivery->late_round = delivery_round_of(run);
	if (run->delivery->mail)
		mail_time_out(run->delivery);
}

bool delivery_patience_ends(struct sweep_run *run, struct patience *patience)
{
	if (delivery_world_failed(run->group->world)) {
		if (patience->failed.at == 0)
			patience->failed = time_limit_in(FAILED_SECONDS);
		return time_limit_passed(&patience->failed);
	}
	if (!is_silent(run, patience))
		return false;
	time_out(run);
	return true;
}

bool delivery_is_late(const struct sweep_run *run)
{
	return run->delivery->late_round == delivery_round_of(run);
}
