#include "assignment.h"

#include "assign_sets.h"
#include "common/base/error.h"
#include "format.h"
#include "format_1.h"

#include <inttypes.h>

static cohort_status note_no_memory(const struct assignment *assignment)
{
	return error_set(COHORT_ENOMEM,
	                 "cohort_scatter: no memory to note which of %" PRIu64
	                 " tasks a journal has",
	                 (uint64_t)assignment->sweep->sets.count);
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
	key_of(&sweep->sets, record->index, digest);
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

/* Note the record, whose flags are known but for whether its set is. */
static bool note_with(struct assignment *assignment, unsigned flags,
                      const struct journal_record *record)
{
	const struct param_sets *sets = &assignment->sweep->sets;
	uint64_t position = record->index;

	if (!(flags & NOTED_HOME)) {
		position = KEY_NONE;
		if (sets->count > 0 && !assign_have_keys(assignment))
			return false;
		if (sets->count > 0)
			position =
			    key_table_find(&assignment->keys, record->digest);
		if (position == KEY_NONE)
			return noted_add(&assignment->noted, flags, 0);
	}
	if (!noted_add(&assignment->noted, flags | NOTED_KNOWN, position))
		return false;
	return !(flags & (NOTED_FAILED | NOTED_RERUN)) ||
	       replaced_note(&assignment->replaced, &assignment->noted, sets,
	                     record->digest, record->index);
}

cohort_status assignment_note(struct assignment *assignment,
                              const struct format_tasks *head,
                              const struct journal_record *record)
{
	unsigned flags = flags_of(assignment->sweep, head, record);

	if (is_home(assignment->sweep, head, record))
		flags |= NOTED_HOME;
	return note_with(assignment, flags, record)
	           ? COHORT_OK
	           : note_no_memory(assignment);
}

/* Store the sets in the records. */
static uint64_t store_assigned(struct assignment *assignment,
                               const struct packed_numbers *taken)
{
	uint64_t assigned = 0;

	for (uint64_t i = 0; i < assignment->sweep->sets.count; i++) {
		const uint64_t number = packed_get(taken, i);
		if (!number)
			continue;
		struct noted_record *record =
		    &assignment->noted.list[number - 1];
		noted_move(record, i);
		record->word |= NOTED_ASSIGNED;
		assigned++;
	}
	return assigned;
}

cohort_status assignment_decide(struct assignment *assignment,
                                uint64_t *assigned)
{
	const struct param_sets *sets = &assignment->sweep->sets;
	struct noted_records *noted = &assignment->noted;
	struct packed_numbers taken = {0};

	*assigned = 0;
	if (!(noted->flags & NOTED_KNOWN))
		return COHORT_OK;
	const bool unique =
	    assignment->keys.slots.bytes && !assignment->keys.equal;
	if (unique)
		key_table_close(&assignment->keys);
	bool done = replaced_mark(&assignment->replaced, noted, sets);
	replaced_free(&assignment->replaced);
	done = done && sets->count < PACKED_MOST &&
	       noted->count < PACKED_MOST && packed_open(&taken, sets->count) &&
	       assign_sets(assignment, unique, &taken);
	if (done)
		*assigned = store_assigned(assignment, &taken);
	packed_close(&taken);
	key_table_close(&assignment->keys);
	return done ? COHORT_OK : note_no_memory(assignment);
}

bool assignment_has(const struct assignment *assignment, uint64_t number,
                    uint64_t *index)
{
	if (number >= assignment->noted.count ||
	    !noted_has(&assignment->noted.list[number], NOTED_ASSIGNED))
		return false;
	*index = noted_position(&assignment->noted.list[number]);
	return true;
}

void assignment_close(struct assignment *assignment)
{
	key_table_close(&assignment->keys);
	replaced_free(&assignment->replaced);
	noted_free(&assignment->noted);
}
