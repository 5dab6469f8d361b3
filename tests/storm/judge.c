#include "judge.h"

#include "cohort.h"
#include "pace.h"
#include "watcher.h"

#include <stdio.h>

static const double promised_seconds = 0.1;

/* A survivor is told by way of some processes that get a core one after another: the
 * victim to end, the monitor, rank 0, the survivor, and in a sweep all of them once
 * more. If others keep the cores busy, each of them waits for its turn; and a journal is
 * written to the disk twice. */
enum { TURNS = 10, WRITES = 2, TEXT_BYTES = 400 };

/* How long rank 0 waits before a task becomes a failed result. */
static const int64_t wait_ns = 500000000;

struct judge judge;

const char *const judge_calls[] = {
#define STORM_NAME(name, words) words,
    STORM_CALL_MAP(STORM_NAME)
#undef STORM_NAME
};

static void describe(const struct attack *attack, uint64_t seed,
                     const char *what)
{
	printf("%s: rank %d of %d, signal %d, in %s of %u bytes, %s, %d "
	       "group(s)%s%s; again: 1 %llu\n",
	       what, attack->victim, attack->ranks, attack->signal,
	       judge_calls[attack->call], attack->bytes,
	       attack->socket ? "sockets" : "shared memory", attack->groups,
	       attack->isolated ? ", isolated" : "",
	       attack->journal ? ", journal" : "", (unsigned long long)seed);
}

void judge_complain(const struct attack *attack, uint64_t seed,
                    const char *what)
{
	printf("FAILED: ");
	describe(attack, seed, what);
	judge.failures++;
}

/* The results of a sweep are there for all ranks that live, or for none. */
static void compare_sweeps(const struct attack *attack, uint64_t seed)
{
	const struct storm_rank *first = NULL;

	for (int r = 0; r < attack->ranks; r++) {
		const struct storm_rank *rank = &judge.state->ranks[r];
		if (r == attack->victim || atomic_load(&rank->sweep) == 0)
			continue;
		if (!first)
			first = rank;
		if (atomic_load(&rank->sweep) == atomic_load(&first->sweep) &&
		    atomic_load(&rank->kept) != atomic_load(&first->kept))
			judge_complain(attack, seed,
			               "results on some ranks only");
	}
	judge.kept += first && atomic_load(&first->kept);
	judge.waited += first && atomic_load(&first->waited);
}

void judge_note_turns(void)
{
	for (int r = 0; r < STORM_RANKS; r++) {
		const pid_t pid = atomic_load(&judge.state->ranks[r].pid);
		judge.turns[r] = pid > 0 ? turns_of(pid) : (struct turns){0};
	}
}

/* The longest mean wait of a rank for a turn, before the kill or after it. */
static int64_t turn_wait(void)
{
	const struct turns none = {0};
	int64_t most = 0;

	for (int r = 0; r < STORM_RANKS; r++) {
		const struct storm_rank *rank = &judge.state->ranks[r];
		const struct turns told = {atomic_load(&rank->turns_ns),
		                           atomic_load(&rank->turns)};
		const int64_t before = turns_mean(none, judge.turns[r]);
		const int64_t after = turns_mean(judge.turns[r], told);
		most = before > most ? before : most;
		most = after > most ? after : most;
	}
	return most;
}

/* Whether the machine explains a time that is late: it may take so much longer than
 * promised as its steps are delayed just then. The text says what was compared. */
static bool machine_explains(const struct attack *attack, int64_t begin,
                             int64_t end, char text[TEXT_BYTES])
{
	const double over =
	    1e-9 * (double)(end - begin) -
	    promised_seconds *
	        pace_slowdown(1e-9 * (double)begin, 1e-9 * (double)end);
	const int64_t wake = watcher_wake_delay(begin, end);
	const int64_t turn = turn_wait();
	const int64_t disk =
	    attack->journal ? watcher_disk_delay(begin, end) : 0;

	snprintf(text, TEXT_BYTES,
	         "late: %s; an idle thread woke up to %.1f ms late, a rank "
	         "waited %.1f ms for a turn, the disk took up to %.1f ms",
	         pace_compared(), 1e-6 * (double)wake, 1e-6 * (double)turn,
	         1e-6 * (double)disk);
	return over <= 1e-9 * (double)(TURNS * (wake > turn ? wake : turn) +
	                               WRITES * disk);
}

/* `begin` and `end` in the shared nanoseconds. */
static void add_time(const struct attack *attack, uint64_t seed,
                     struct outcomes *outcomes, int64_t begin, int64_t end)
{
	const double from = 1e-9 * (double)begin;
	const double to = 1e-9 * (double)(end > begin ? end : begin);
	char text[TEXT_BYTES];

	outcomes_add_time(outcomes, to - from);
	if (pace_within(from, to, promised_seconds))
		return;
	outcomes->late++;
	if (machine_explains(attack, begin, end, text))
		describe(attack, seed, text);
	else
		judge_complain(attack, seed, text);
}

/* When the survivors of a sweep had nothing left to do. */
static int64_t end_of_work(const struct attack *attack)
{
	const int64_t killed = atomic_load(&judge.state->killed);
	int64_t end = killed;
	bool waited = false;

	for (int r = 0; r < attack->ranks; r++) {
		const int64_t worked =
		    atomic_load(&judge.state->ranks[r].worked);
		if (r != attack->victim && worked > end)
			end = worked;
		waited |= atomic_load(&judge.state->ranks[r].waited) != 0;
	}
	if (waited && end < killed + wait_ns)
		end += wait_ns;
	return end;
}

/* A survivor of an attack on another rank than rank 0. */
static void judge_survivor(const struct attack *attack, uint64_t seed, int r,
                           struct outcomes *outcomes)
{
	const struct storm_rank *rank = &judge.state->ranks[r];
	const int64_t killed = atomic_load(&judge.state->killed);
	const int64_t told = atomic_load(&rank->told);
	const int64_t went_on = atomic_load(&rank->went_on);

	/* Peers end inside of a first open that fails. */
	if (told == 0 && r > 0 && attack->call == STORM_OPEN)
		return;
	if (told == 0) {
		judge_complain(attack, seed, "a survivor was not told");
		return;
	}
	outcomes->survivors++;
	if (atomic_load(&rank->status) != COHORT_EPEER)
		judge_complain(attack, seed, "another status than EPEER");
	add_time(attack, seed, outcomes, end_of_work(attack), told);
	if (went_on > 0)
		add_time(attack, seed, &judge.went_on, killed, went_on);
}

/* Rank 0's own end takes the others with it, whatever they do. */
static void judge_survivors(const struct attack *attack, uint64_t seed)
{
	struct outcomes *outcomes = &judge.outcomes_of[attack->call];

	for (int r = 0; r < attack->ranks; r++) {
		if (atomic_load(&judge.state->ranks[r].wrong) > 0) {
			outcomes->wrong++;
			judge_complain(attack, seed, "wrong data");
		}
		if (r != attack->victim && attack->victim != 0)
			judge_survivor(attack, seed, r, outcomes);
	}
}

void judge_attack(const struct attack *attack, uint64_t seed, int64_t ended)
{
	if (attack->victim == 0)
		add_time(attack, seed, &judge.gone,
		         atomic_load(&judge.state->killed), ended);
	judge_survivors(attack, seed);
	if (attack->victim != 0)
		compare_sweeps(attack, seed);
}
