/*
 * Which records are results of which parameter sets. Random sweeps with tables
 * that change, seeds that change, tasks that ask for index or seed or fail, and
 * runs that are interrupted, against the promises of docs/journal.md.
 */
#include "common/journal/assignment.h"
#include "common/journal/hash.h"
#include "common/journal/key_table.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

enum { SETS_MOST = 9, RECORDS_MOST = 200, RUNS = 7, HISTORIES = 3000 };

struct a_record {
	uint64_t set;
	uint64_t index;
	uint64_t seed; /* of the run */
	int run;
	uint32_t flags;
	bool failed;
};

struct history {
	struct a_record records[RECORDS_MOST];
	size_t count;
	uint64_t sets[SETS_MOST]; /* of the present run */
	struct journal_sweep sweep;
	int result[SETS_MOST]; /* number of its record; -1: none */
};

static uint64_t state;

static unsigned draw(unsigned below)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned)(state >> 33) % below;
}

static bool is_good(const struct history *history, size_t r, size_t i)
{
	const struct a_record *record = &history->records[r];

	return record->set == history->sets[i] &&
	       (!(record->flags & JOURNAL_OF_INDEX) || record->index == i) &&
	       (!(record->flags & JOURNAL_OF_SEED) ||
	        record->seed == history->sweep.seed);
}

static void note_all(const struct history *history,
                     struct assignment *assignment)
{
	for (size_t r = 0; r < history->count; r++) {
		const struct a_record *from = &history->records[r];
		struct format_tasks head = {.head = {.version = 2},
		                            .seed = from->seed};
		struct journal_record record = {
		    .index = from->index,
		    .status = from->failed ? COHORT_ETASK : COHORT_OK,
		    .flags = from->flags,
		};
		if (r == 0 || from->run != history->records[r - 1].run)
			cr_assert(assignment_next_run(assignment) == COHORT_OK);
		hash_128(&from->set, sizeof(from->set), record.digest);
		cr_assert(assignment_note(assignment, &head, &record) ==
		          COHORT_OK);
	}
}

/* Decide, and check what holds for every decision. Returns the number of
 * results. */
static size_t assign(struct history *history)
{
	struct assignment assignment = {.sweep = &history->sweep};
	uint64_t assigned;
	uint64_t index;
	size_t found = 0;

	for (size_t i = 0; i < SETS_MOST; i++)
		history->result[i] = -1;
	note_all(history, &assignment);
	cr_assert(assignment_decide(&assignment, &assigned) == COHORT_OK);
	for (size_t r = 0; r < history->count; r++) {
		if (!assignment_has(&assignment, r, &index))
			continue;
		found++;
		cr_assert(index < history->sweep.sets.count &&
		              is_good(history, r, index),
		          "record %zu is not good at %zu", r, (size_t)index);
		cr_assert(history->result[index] < 0, "two records of %zu",
		          (size_t)index);
		cr_assert(!history->records[r].failed ||
		          !history->sweep.rerun_failed);
		history->result[index] = (int)r;
	}
	cr_assert(found == assigned);
	assignment_close(&assignment);
	return found;
}

static void change_sets(struct history *history)
{
	struct journal_sweep *sweep = &history->sweep;

	if (draw(3) > 0)
		sweep->sets.count = (size_t)draw(SETS_MOST + 1);
	for (size_t i = 0; i < SETS_MOST; i++)
		if (draw(3) == 0)
			history->sets[i] = draw(4);
	sweep->seed = draw(2);
	sweep->rerun_failed = draw(2);
}

/* The tasks without a result run. Whether all of them did. */
static bool run_tasks(struct history *history, int run, bool may_fail)
{
	static const uint32_t asked[] = {0, 0, JOURNAL_OF_INDEX,
	                                 JOURNAL_OF_INDEX | JOURNAL_OF_SEED};
	const bool interrupted = draw(3) == 0;
	bool complete = true;

	for (size_t i = 0; i < history->sweep.sets.count; i++) {
		if (history->result[i] >= 0)
			continue;
		if (interrupted && draw(2)) {
			complete = false;
			continue;
		}
		history->records[history->count++] = (struct a_record){
		    .set = history->sets[i],
		    .index = i,
		    .seed = history->sweep.seed,
		    .run = run,
		    .flags = asked[draw(4)] |
		             (history->sweep.rerun_failed ? JOURNAL_RERUN : 0),
		    .failed = may_fail && draw(3) == 0,
		};
	}
	return complete;
}

/* As many sets as possible have results, if no record has failed: of each set
 * those with a record that is good there only, and as many others as there are
 * records good anywhere. */
static size_t most_results(const struct history *history)
{
	size_t most = 0;

	for (uint64_t set = 0; set < 4; set++) {
		size_t tied = 0;
		size_t left = 0;
		size_t free_records = 0;
		for (size_t i = 0; i < history->sweep.sets.count; i++) {
			bool has = false;
			if (history->sets[i] != set)
				continue;
			for (size_t r = 0; r < history->count; r++)
				has |= history->records[r].flags &
				           JOURNAL_OF_INDEX &&
				       is_good(history, r, i);
			tied += has;
			left += !has;
		}
		for (size_t r = 0; r < history->count; r++)
			free_records +=
			    history->records[r].set == set &&
			    !(history->records[r].flags & JOURNAL_OF_INDEX);
		most += tied + (free_records < left ? free_records : left);
	}
	return most;
}

/* After a whole run that ran failed tasks again, the same sweep has no failed
 * result but those of that run. */
static void expect_replaced(const struct history *history, int run)
{
	for (size_t i = 0; i < history->sweep.sets.count; i++) {
		const int r = history->result[i];
		cr_assert(!history->records[r].failed ||
		              history->records[r].run == run,
		          "set %zu has an old failure", i);
	}
}

static void one_history(bool may_fail)
{
	static struct history history;

	memset(&history, 0, sizeof(history));
	history.sweep.sets.data = (const unsigned char *)history.sets;
	history.sweep.identity.param_bytes = sizeof(uint64_t);
	history.sweep.sets.bytes = sizeof(uint64_t);
	for (int run = 1; run <= RUNS; run++) {
		change_sets(&history);
		const size_t found = assign(&history);
		cr_assert(may_fail || found == most_results(&history),
		          "%zu results of %zu", found, most_results(&history));
		if (!run_tasks(&history, run, may_fail))
			continue;
		const bool rerun = history.sweep.rerun_failed;
		history.sweep.rerun_failed = false;
		cr_assert(assign(&history) == history.sweep.sets.count,
		          "a whole run leaves tasks");
		if (rerun)
			expect_replaced(&history, run);
		/* The unchanged sweep has the same results again. */
		int before[SETS_MOST];
		memcpy(before, history.result, sizeof(before));
		assign(&history);
		cr_assert(!memcmp(before, history.result, sizeof(before)));
	}
}

Test(journal_assignment, random_histories)
{
	for (unsigned i = 0; i < HISTORIES; i++) {
		state = i;
		one_history(i % 2);
	}
}

static void expect_result(struct history *history, size_t i, int record)
{
	assign(history);
	cr_expect(history->result[i] == record, "set %zu has record %d", i,
	          history->result[i]);
}

static struct history history_of(const struct a_record *records, size_t count,
                                 const uint64_t *sets, size_t set_count)
{
	struct history history = {.count = count};

	memcpy(history.records, records, count * sizeof(*records));
	memcpy(history.sets, sets, set_count * sizeof(*sets));
	history.sweep.sets.count = set_count;
	history.sweep.identity.param_bytes = sizeof(uint64_t);
	history.sweep.sets.bytes = sizeof(uint64_t);
	return history;
}

/* A failed record that was replaced stays so, also for sweeps for which the
 * record in its place is not good. */
Test(journal_assignment, a_replaced_failure_does_not_come_back)
{
	const struct a_record records[] = {
	    {.set = 1, .index = 0, .run = 1, .failed = true},
	    {.set = 1,
	     .index = 0,
	     .run = 2,
	     .flags = JOURNAL_RERUN | JOURNAL_OF_INDEX},
	};
	const uint64_t moved[] = {2, 1};
	struct history history = history_of(records, 2, moved, 2);

	history.sweep.sets.data = (const unsigned char *)history.sets;
	expect_result(&history, 1, -1);
	history.records[1].flags = JOURNAL_RERUN;
	expect_result(&history, 1, 1);
}

/* Of two failed records the one at the same index is replaced. */
Test(journal_assignment, records_of_one_run_replace_none_of_it)
{
	const struct a_record records[] = {
	    {.set = 1, .index = 0, .run = 1, .failed = true},
	    {.set = 1, .index = 1, .run = 1, .failed = true},
	    {.set = 1,
	     .index = 1,
	     .run = 2,
	     .flags = JOURNAL_RERUN,
	     .failed = true},
	    {.set = 1, .index = 2, .run = 2, .flags = JOURNAL_RERUN},
	};
	const uint64_t sets[] = {1, 1, 1};
	struct history history = history_of(records, 4, sets, 3);

	history.sweep.sets.data = (const unsigned char *)history.sets;
	/* Record 3 takes the place of 0, and 2 that of 1. */
	expect_result(&history, 0, -1);
	expect_result(&history, 1, 2);
	expect_result(&history, 2, 3);
}

Test(journal_assignment, keys_of_many_sets)
{
	enum { MANY = 20000 };
	uint64_t *sets = malloc(MANY * sizeof(*sets));
	struct key_table keys;
	uint64_t digest[2];

	for (uint64_t i = 0; i < MANY; i++)
		sets[i] = i * i % 30011;
	const struct param_sets many = {(const unsigned char *)sets, MANY,
	                                sizeof(*sets)};
	cr_assert(key_table_open(&keys, &many));
	for (uint64_t i = 0; i < MANY; i++) {
		/* A square and its negative's are equal modulo a prime. */
		const uint64_t first = i > 30011 / 2 ? 30011 - i : i;
		cr_assert(key_table_add(&keys, i) == first);
	}
	for (uint64_t i = 0; i < MANY; i++) {
		key_of(&many, i, digest);
		const uint64_t first = i > 30011 / 2 ? 30011 - i : i;
		cr_assert(key_table_find(&keys, digest) == first);
	}
	const uint64_t absent = 30012;
	hash_128(&absent, sizeof(absent), digest);
	cr_expect(key_table_find(&keys, digest) == KEY_NONE);
	key_table_close(&keys);
	cr_assert(
	    key_table_open(&keys, &(struct param_sets){NULL, SIZE_MAX, 0}));
	cr_expect(key_table_add(&keys, 0) == 0);
	cr_expect(key_table_add(&keys, 1) == 0);
	key_table_close(&keys);
	free(sets);
}
