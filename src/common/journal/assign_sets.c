#include "assign_sets.h"

#include "journal_types.h"

bool assign_have_keys(struct assignment *assignment)
{
	const struct journal_sweep *sweep = assignment->sweep;

	if (assignment->keys.slots.bytes)
		return true;
	if (!key_table_open(&assignment->keys, &sweep->sets))
		return false;
	for (uint64_t i = 0; i < sweep->sets.count; i++)
		key_table_add(&assignment->keys, i);
	return true;
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
                           struct packed_numbers *taken)
{
	const struct noted_record *list = assignment->noted.list;

	for (uint64_t i = 0; i < assignment->noted.count; i++) {
		if (noted_has(&list[i], NOTED_FAILED) != failed ||
		    !noted_has(&list[i], NOTED_HOME) ||
		    !is_usable(assignment, &list[i]))
			continue;
		const uint64_t set = noted_position(&list[i]);
		const uint64_t before = packed_get(taken, set);
		if (!before ||
		    (noted_has(&list[before - 1], NOTED_FAILED) == failed &&
		     noted_has(&list[before - 1], NOTED_OF_INDEX) <=
		         noted_has(&list[i], NOTED_OF_INDEX)))
			packed_set(taken, set, i + 1);
	}
}

/* Whether record `i` is left over after assign_at_home, and may be the result
 * of another set. */
static bool is_spare(const struct assignment *assignment, bool failed,
                     const struct packed_numbers *taken, uint64_t i)
{
	const struct noted_record *record = &assignment->noted.list[i];

	return noted_has(record, NOTED_FAILED) == failed &&
	       is_usable(assignment, record) &&
	       !noted_has(record, NOTED_OF_INDEX) &&
	       !(noted_has(record, NOTED_HOME) &&
	         packed_get(taken, noted_position(record)) == i + 1);
}

static uint64_t first_equal(const struct assignment *assignment, uint64_t set)
{
	uint64_t digest[2];

	key_of(&assignment->sweep->sets, set, digest);
	return key_table_find(&assignment->keys, digest);
}

/* Make a list of the spares of each digest, in the order of reading: `heads`
 * has, at the first set with that digest, number + 1 of the first spare, whose
 * position becomes the next one's. */
static void list_spares(const struct assignment *assignment, bool failed,
                        const struct packed_numbers *taken,
                        struct packed_numbers *heads)
{
	const struct noted_records *noted = &assignment->noted;

	/* Each is put in front, so the last ones come first here. */
	for (uint64_t i = noted->count; i-- > 0;) {
		struct noted_record *record = &noted->list[i];
		if (!is_spare(assignment, failed, taken, i))
			continue;
		uint64_t first = noted_position(record);
		if (noted_has(record, NOTED_HOME))
			first = first_equal(assignment, first);
		noted_move(record, packed_get(heads, first));
		packed_set(heads, first, i + 1);
	}
}

static void take_spares(const struct assignment *assignment,
                        struct packed_numbers *taken,
                        struct packed_numbers *heads)
{
	const struct noted_record *list = assignment->noted.list;

	for (uint64_t i = 0; i < assignment->sweep->sets.count; i++) {
		if (packed_get(taken, i))
			continue;
		const uint64_t first = first_equal(assignment, i);
		const uint64_t head = packed_get(heads, first);
		packed_set(taken, i, head);
		if (head)
			packed_set(heads, first,
			           noted_position(&list[head - 1]));
	}
}

static bool take_lists(const struct assignment *assignment, bool failed,
                       struct packed_numbers *taken)
{
	struct packed_numbers heads;

	if (!packed_open(&heads, assignment->sweep->sets.count))
		return false;
	list_spares(assignment, failed, taken, &heads);
	take_spares(assignment, taken, &heads);
	packed_close(&heads);
	return true;
}

/* No two sets are equal: a spare can only be the result of the one set that has
 * its digest, and of none if it is at home. */
static void take_unique(const struct assignment *assignment, bool failed,
                        struct packed_numbers *taken)
{
	const struct noted_records *noted = &assignment->noted;

	for (uint64_t i = 0; i < noted->count; i++) {
		const struct noted_record *record = &noted->list[i];
		const uint64_t set = noted_position(record);
		if (is_spare(assignment, failed, taken, i) &&
		    !packed_get(taken, set))
			packed_set(taken, set, i + 1);
	}
}

static bool has_spares(const struct assignment *assignment, bool failed,
                       const struct packed_numbers *taken)
{
	for (uint64_t i = 0; i < assignment->noted.count; i++)
		if (is_spare(assignment, failed, taken, i))
			return true;
	return false;
}

static bool all_taken(const struct assignment *assignment,
                      const struct packed_numbers *taken)
{
	for (uint64_t i = 0; i < assignment->sweep->sets.count; i++)
		if (!packed_get(taken, i))
			return false;
	return true;
}

static bool assign_spares(struct assignment *assignment, bool failed,
                          bool unique, struct packed_numbers *taken)
{
	if (all_taken(assignment, taken) ||
	    !has_spares(assignment, failed, taken))
		return true;
	if (!unique && !assign_have_keys(assignment))
		return false;
	if (!unique && assignment->keys.equal)
		return take_lists(assignment, failed, taken);
	take_unique(assignment, failed, taken);
	return true;
}

bool assign_sets(struct assignment *assignment, bool unique,
                 struct packed_numbers *taken)
{
	bool done = true;

	for (int failed = 0; failed < 2 && done; failed++) {
		assign_at_home(assignment, failed, taken);
		done = assign_spares(assignment, failed, unique, taken);
	}
	return done;
}
