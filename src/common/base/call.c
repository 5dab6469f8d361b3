#include "call.h"

#include "op.h"
#include "plural.h"
#include "schedule.h"
#include "type.h"

#include <stdio.h>

enum shows { NOTHING, ROOT, ELEMENTS, ROOTED, REDUCTION, JOB, OBJECTS };

static const struct {
	const char *function;
	enum shows shows;
} kinds[] = {
#define ROW(name, function, shows) {function, shows},
    CALL_KIND_MAP(ROW)
#undef ROW
};

/* Peers' calls are read from shared memory, where a stray write may have put
 * any number. */
static unsigned known_kind(const struct call *call)
{
	return call->kind < sizeof(kinds) / sizeof(*kinds) ? call->kind
	                                                   : CALL_NONE;
}

bool call_matches(const struct call *a, const struct call *b)
{
	return a->kind == b->kind && a->group == b->group &&
	       a->type == b->type && a->op == b->op && a->root == b->root &&
	       a->detail == b->detail &&
	       (a->counts == COUNTS_OWN || a->count == b->count);
}

const char *call_function(const struct call *call)
{
	return kinds[known_kind(call)].function;
}

static int describe_fields(const struct call *call, char *text, size_t room)
{
	const char *function = kinds[known_kind(call)].function;
	const char *type = type_name((cohort_type)call->type);
	unsigned long long count = call->count;
	unsigned long long detail = call->detail;

	switch (kinds[known_kind(call)].shows) {
	case ROOT:
		return snprintf(text, room, "%s from root %d", function,
		                call->root);
	case ELEMENTS:
		return snprintf(text, room, "%s of %llu %s", function, count,
		                type);
	case ROOTED:
		return snprintf(text, room, "%s of %llu %s with root %d",
		                function, count, type, call->root);
	case REDUCTION:
		return snprintf(text, room, "%s of %llu %s with %s", function,
		                count, type, op_name((cohort_op)call->op));
	case JOB:
		return snprintf(text, room,
		                "%s of parameter sets of %llu byte%s, "
		                "schedule %s, chunk %llu",
		                function, count, plural(count),
		                schedule_name((cohort_schedule)call->op),
		                detail);
	case OBJECTS:
		return snprintf(
		    text, room, "%s, schedule %s, chunk %llu", function,
		    schedule_name((cohort_schedule)call->op), detail);
	case NOTHING:
		break;
	}
	return snprintf(text, room, "%s", function);
}

const char *call_describe(const struct call *call, char text[CALL_TEXT_BYTES])
{
	int used = describe_fields(call, text, CALL_TEXT_BYTES);

	if (call->group > 0 && used > 0 && used < CALL_TEXT_BYTES)
		snprintf(text + used, CALL_TEXT_BYTES - (size_t)used,
		         " on group %u", call->group);
	return text;
}
