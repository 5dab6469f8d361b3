#include "assignment.h"

#include "common/base/error.h"
#include "format.h"
#include "format_1.h"
#include "replaced.h"

#include <inttypes.h>
#include <stdlib.h>

static cohort_status note_no_memory(const struct assignment *assignment)
{
	return error_set(COHORT_ENOMEM,
	                 "cohort_scatter: no memory to note which of %" PRIu64
	                 " tasks a journal has",
	                 (uint64_t)assignment->sweep->sets.count);
}

static void digest_of_set(const struct journal_sweep *sweep, uint64_t i,
                          uint64_t digest[2])
{
	key_of(&sweep->sets, i, digest);
}

/* The table of all sets; it is made when the first record needs it. */
static bool have_keys(struct assignment *assignment)
{
	const struct journal_sweep *sweep = assignment->sweep;

	if (assignment->keys.slots)
		return true;
	if (!key_table_open(&assignment->keys, &sweep->sets))
		return false;
	for (uint64_t i = 0; i < sweep->sets.count; i++)
		key_table_add(&assignment->keys, i);
	return true;
}

/* Whether the set at the record's index is the record's. In a journal of
 * version 1 all are: it was checked when the journal was opened. */
static bool is_home(const struct journal_sweep *sweep,
                    const struct format_tasks *head,
                    const struct journal_record *record)
{
	uint64_t digest[2];

	if (record->index >= sweep->sets.count)
		return false;
	if (head->head.version == FORMAT_1_VERSION)
		return true;
	digest_of_set(sweep, record->index, digest);
	return digest[0] == record->digest[0] && digest[1] == record->digest[1];
}

static unsigned flags_of(const struct journal_sweep *sweep,
                         const struct format_tasks *head,
                         const struct journal_record *record)
{
	unsigned flags = 0;

	if (record->status != COHORT_OK)
		flags |= NOTED_FAILED;
	if (record->flags & (JOURNAL_OF_INDEX | JOURNAL_OF_SEED))
		flags |= NOTED_OF_INDEX;
	if (record->flags & JOURNAL_OF_SEED)
		flags |= NOTED_OF_SEED;
	if (record->flags & JOURNAL_RERUN)
		flags |= NOTED_RERUN;
	if (head->head.version != FORMAT_1_VERSION && head->seed != sweep->seed)
		flags |= NOTED_OTHER_SEED;
	return flags;
}

cohort_status assignment_next_run(struct assignment *assignment)
{
	return noted_next_run(&assignment->noted) ? COHORT_OK
	                                          : note_no_memory(assignment);
}

cohort_status assignment_note(struct assignment *assignment,
                              const struct format_tasks *head,
                              const struct journal_record *record)
{
	const struct journal_sweep *sweep = assignment->sweep;
	unsigned flags = flags_of(sweep, head, record);
	uint64_t first = 0;

	if (is_home(sweep, head, record)) {
		flags |= NOTED_KNOWN | NOTED_HOME;
	} else if (sweep->sets.count > 0) {
		if (!have_keys(assignment))
			return note_no_memory(assignment);
		first = key_table_find(&assignment->keys, record->digest);
		if (first == KEY_NONE)
			first = 0;
		else
			flags |= NOTED_KNOWN;
	}
	return noted_add(&assignment->noted, record->index, flags, first)
	           ? COHORT_OK
	           : note_no_memory(assignment);
}

/* Store the first set that has the record's digest, for records at home, where
 * it was not looked for. */
static void store_first(const struct assignment *assignment,
                        struct noted_record *record)
{
	uint64_t digest[2];

	if (!noted_has(record, NOTED_HOME) || noted_first(record) > 0)
		return;
	digest_of_set(assignment->sweep, record->index, digest);
	record->word |= key_table_find(&assignment->keys, digest)
	                << NOTED_FLAG_BITS;
}

static bool mark_replaced(struct assignment *assignment)
{
	struct noted_records *noted = &assignment->noted;

	if (!(noted->flags & NOTED_RERUN) || !(noted->flags & NOTED_FAILED) ||
	    !(noted->flags & NOTED_KNOWN))
		return true;
	if (!have_keys(assignment))
		return false;
	for (uint64_t i = 0; i < noted->count; i++)
		if (noted->list[i].word & (NOTED_FAILED | NOTED_RERUN))
			store_first(assignment, &noted->list[i]);
	return replaced_mark(noted);
}

/* Whether the record may be the result of a set of this sweep. */
static bool is_usable(const struct assignment *assignment,
                      const struct noted_record *record)
{
	if (!noted_has(record, NOTED_KNOWN) ||
	    noted_has(record, NOTED_REPLACED) ||
	    (noted_has(record, NOTED_OF_SEED) &&
	     noted_has(record, NOTED_OTHER_SEED)) ||
	    (noted_has(record, NOTED_FAILED) &&
	     assignment->sweep->rerun_failed))
		return false;
	return noted_has(record, NOTED_HOME) ||
	       !noted_has(record, NOTED_OF_INDEX);
}

/* The functions below have for each set, in `taken`, the number + 1 of the
 * record that is its result; 0: none. They look at records of failed tasks
 * only, or of the others only. */

/* Of several records at its index a set takes the last one that is good at this
 * index only, or else the last one. */
static void assign_at_home(const struct assignment *assignment, bool failed,
                           uint64_t *taken)
{
	const struct noted_record *list = assignment->noted.list;

	for (uint64_t i = 0; i < assignment->noted.count; i++) {
		if (noted_has(&list[i], NOTED_FAILED) != failed ||
		    !noted_has(&list[i], NOTED_HOME) ||
		    !is_usable(assignment, &list[i]))
			continue;
		uint64_t *number = &taken[list[i].index];
		if (!*number ||
		    (noted_has(&list[*number - 1], NOTED_FAILED) == failed &&
		     noted_has(&list[*number - 1], NOTED_OF_INDEX) <=
		         noted_has(&list[i], NOTED_OF_INDEX)))
			*number = i + 1;
	}
}

/* Whether record `i` is left over after assign_at_home, and may be the result
 * of another set. */
static bool is_spare(const struct assignment *assignment, bool failed,
                     const uint64_t *taken, uint64_t i)
{
	const struct noted_record *record = &assignment->noted.list[i];

	return noted_has(record, NOTED_FAILED) == failed &&
	       is_usable(assignment, record) &&
	       !noted_has(record, NOTED_OF_INDEX) &&
	       !(noted_has(record, NOTED_HOME) &&
	         taken[record->index] == i + 1);
}

/* Make a list of the spares of each digest, in the order of reading: `heads`
 * has, at the first set with that digest, number + 1 of the first spare, whose
 * `index` is the next one's. */
static void list_spares(const struct assignment *assignment, bool failed,
                        const uint64_t *taken, uint64_t *heads)
{
	const struct noted_records *noted = &assignment->noted;

	/* Each is put in front, so the last ones come first here. */
	for (uint64_t i = noted->count; i-- > 0;) {
		struct noted_record *record = &noted->list[i];
		if (!is_spare(assignment, failed, taken, i))
			continue;
		store_first(assignment, record);
		uint64_t *head = &heads[noted_first(record)];
		record->index = *head;
		*head = i + 1;
	}
}

static void take_spares(const struct assignment *assignment, uint64_t *taken,
                        uint64_t *heads)
{
	const struct journal_sweep *sweep = assignment->sweep;

	for (uint64_t i = 0; i < sweep->sets.count; i++) {
		uint64_t digest[2];
		if (taken[i])
			continue;
		digest_of_set(sweep, i, digest);
		uint64_t *head =
		    &heads[key_table_find(&assignment->keys, digest)];
		taken[i] = *head;
		if (*head)
			*head = assignment->noted.list[*head - 1].index;
	}
}

static bool has_spares(const struct assignment *assignment, bool failed,
                       const uint64_t *taken)
{
	for (uint64_t i = 0; i < assignment->noted.count; i++)
		if (is_spare(assignment, failed, taken, i))
			return true;
	return false;
}

static bool assign_spares(struct assignment *assignment, bool failed,
                          uint64_t *taken)
{
	if (!has_spares(assignment, failed, taken))
		return true;
	uint64_t *heads =
	    calloc((size_t)assignment->sweep->sets.count, sizeof(*heads));
	const bool listed = heads && have_keys(assignment);
	if (listed) {
		list_spares(assignment, failed, taken, heads);
		take_spares(assignment, taken, heads);
	}
	free(heads);
	return listed;
}

static bool assign_all(struct assignment *assignment, uint64_t *taken)
{
	bool done = true;

	for (int failed = 0; failed < 2 && done; failed++) {
		assign_at_home(assignment, failed, taken);
		done = assign_spares(assignment, failed, taken);
	}
	return done;
}

/* Store the sets in the records. */
static uint64_t store_assigned(struct assignment *assignment,
                               const uint64_t *taken)
{
	uint64_t assigned = 0;

	for (uint64_t i = 0; i < assignment->sweep->sets.count; i++) {
		if (!taken[i])
			continue;
		struct noted_record *record =
		    &assignment->noted.list[taken[i] - 1];
		record->index = i;
		record->word |= NOTED_ASSIGNED;
		assigned++;
	}
	return assigned;
}

cohort_status assignment_decide(struct assignment *assignment,
                                uint64_t *assigned)
{
	const uint64_t count = assignment->sweep->sets.count;
	uint64_t *taken = NULL;

	*assigned = 0;
	if (!(assignment->noted.flags & NOTED_KNOWN))
		return COHORT_OK;
	if (count <= SIZE_MAX)
		taken = calloc((size_t)count, sizeof(*taken));
	const bool done =
	    taken && mark_replaced(assignment) && assign_all(assignment, taken);
	if (done)
		*assigned = store_assigned(assignment, taken);
	free(taken);
	key_table_close(&assignment->keys);
	return done ? COHORT_OK : note_no_memory(assignment);
}

bool assignment_has(const struct assignment *assignment, uint64_t number,
                    uint64_t *index)
{
	if (number >= assignment->noted.count ||
	    !noted_has(&assignment->noted.list[number], NOTED_ASSIGNED))
		return false;
	*index = assignment->noted.list[number].index;
	return true;
}

void assignment_close(struct assignment *assignment)
{
	key_table_close(&assignment->keys);
	noted_free(&assignment->noted);
}
