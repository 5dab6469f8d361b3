/*
 * Objects, over the backends' bcast and allgatherv. A letter tells the size of
 * an object and carries as much of it as fits beside; only larger ones need a
 * second round. Cost: one round for objects up to LETTER_ROOM bytes, two above.
 */
#include "group.h"

#include <stdlib.h>
#include <string.h>

enum { LETTER_ROOM = 40, ALIGNMENT = _Alignof(max_align_t) };

struct letter {
	uint64_t bytes;
	unsigned char inside[LETTER_ROOM];
};

static void letter_write(struct letter *letter, const cohort_blob *object)
{
	*letter = (struct letter){.bytes = object->bytes};
	if (object->bytes > 0 && object->bytes <= LETTER_ROOM)
		memcpy(letter->inside, object->data, object->bytes);
}

static cohort_status check_object(const char *function,
                                  const cohort_blob *object)
{
	if (!object->data && object->bytes > 0)
		return error_set(COHORT_EINVAL,
		                 "%s: the object's data is NULL, but it has "
		                 "%zu bytes",
		                 function, object->bytes);
	if (object->bytes > PTRDIFF_MAX / 2)
		return error_set(COHORT_EINVAL,
		                 "%s: the object has %zu bytes, more than "
		                 "there can be in memory",
		                 function, object->bytes);
	return COHORT_OK;
}

static cohort_status check_bcast(const char *function, const cohort *group,
                                 const cohort_blob *object, int root)
{
	if (root < 0 || root >= group->world->size)
		return error_set(COHORT_EINVAL,
		                 "%s: root is %d, but the ranks go from 0 to "
		                 "%d",
		                 function, root, group->world->size - 1);
	if (!object)
		return error_set(COHORT_EINVAL, "%s: object is NULL", function);
	if (group->world->rank == root)
		return check_object(function, object);
	return COHORT_OK;
}

/* The rest of a broadcast once everybody has the letter. */
static cohort_status bcast_body(cohort *group, const struct call *call,
                                const struct letter *letter, cohort_blob *out)
{
	struct world *world = group->world;
	const size_t bytes = (size_t)letter->bytes;
	const bool is_root = world->rank == call->root;
	void *data = is_root ? out->data : NULL;

	if (!is_root && bytes > 0 && !(data = malloc(bytes)))
		return group_give_up(group, call,
		                     error_sys("cohort_bcast_object: malloc of "
		                               "%zu bytes",
		                               bytes));
	cohort_status status = COHORT_OK;
	if (bytes > LETTER_ROOM)
		status = group_finish(
		    group, world->backend->bcast(world, call, data, bytes));
	else if (!is_root && bytes > 0)
		memcpy(data, letter->inside, bytes);
	if (is_root)
		return status;
	if (status != COHORT_OK) {
		free(data);
		return status;
	}
	*out = (cohort_blob){data, bytes};
	return COHORT_OK;
}

cohort_status cohort_bcast_object(cohort *group, cohort_blob *object, int root)
{
	struct letter letter = {0};
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct call *call = group_call(group, CALL_BCAST_OBJECT);
	if ((status = check_bcast(__func__, group, object, root)))
		return group_refuse(group, call, status);
	call->root = root;
	if (group->world->rank == root)
		letter_write(&letter, object);
	status = group_finish(
	    group, group->world->backend->bcast(group->world, call, &letter,
	                                        sizeof(letter)));
	if (status != COHORT_OK)
		return status;
	return bcast_body(group, call, &letter, object);
}

/* What an allgather works with: one counts array for both rounds, and a letter
 * from each rank. */
struct mailbag {
	size_t *counts;
	struct letter *letters;
};

static cohort_status mailbag_open(int size, struct mailbag *out)
{
	const size_t ranks = (size_t)size;

	out->counts = malloc(ranks * sizeof(*out->counts));
	out->letters = malloc(ranks * sizeof(*out->letters));
	if (!out->counts || !out->letters)
		return error_sys("cohort_allgather_objects: malloc of %d "
		                 "letters",
		                 size);
	return COHORT_OK;
}

static void mailbag_close(struct mailbag *bag)
{
	free(bag->counts);
	free(bag->letters);
}

static size_t padded(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* The array, and room behind it for all objects, each aligned. NULL with the
 * sentence written if there is no memory. `room` receives the bytes behind. */
static cohort_blob *make_block(const struct mailbag *bag, size_t size,
                               size_t *room)
{
	const size_t head = padded(size * sizeof(cohort_blob));
	size_t total = head;

	for (size_t r = 0; r < size; r++) {
		size_t bytes = (size_t)bag->letters[r].bytes;
		if (bytes > PTRDIFF_MAX - ALIGNMENT - total) {
			error_set(COHORT_ENOMEM,
			          "cohort_allgather_objects: the objects of "
			          "all ranks do not fit into memory");
			return NULL;
		}
		total += padded(bytes);
	}
	cohort_blob *block = malloc(total);
	if (!block) {
		error_sys("cohort_allgather_objects: malloc of %zu bytes",
		          total);
		return NULL;
	}
	unsigned char *place = (unsigned char *)block + head;
	for (size_t r = 0; r < size; r++) {
		size_t bytes = (size_t)bag->letters[r].bytes;
		block[r] = (cohort_blob){bytes ? place : NULL, bytes};
		place += padded(bytes);
	}
	*room = total - head;
	return block;
}

/* Large objects arrive one after another without gaps, at the end of the
 * block's room, and are then moved forward to their places: no place lies
 * behind where its bytes arrived, so the first can always be moved first. */
static cohort_status fill_block(cohort *group, const struct call *call,
                                const struct mailbag *bag, cohort_blob mine,
                                cohort_blob *block, size_t room)
{
	struct world *world = group->world;
	const size_t size = (size_t)world->size;
	size_t large = 0;

	for (size_t r = 0; r < size; r++) {
		size_t bytes = (size_t)bag->letters[r].bytes;
		bag->counts[r] = bytes > LETTER_ROOM ? bytes : 0;
		large += bag->counts[r];
	}
	unsigned char *from = (unsigned char *)block +
	                      padded(size * sizeof(cohort_blob)) + room - large;
	if (large > 0) {
		struct call body = *call;
		body.count = bag->counts[world->rank];
		cohort_status status = group_finish(
		    group, world->backend->allgatherv(
		               world, &body, body.count ? mine.data : NULL,
		               from, bag->counts, 1));
		if (status != COHORT_OK)
			return status;
	}
	for (size_t r = 0; r < size; r++) {
		if (bag->counts[r] > 0)
			memmove(block[r].data, from, bag->counts[r]);
		from += bag->counts[r];
	}
	for (size_t r = 0; r < size; r++)
		if (block[r].bytes > 0 && bag->counts[r] == 0)
			memcpy(block[r].data, bag->letters[r].inside,
			       block[r].bytes);
	return COHORT_OK;
}

static cohort_status allgather(cohort *group, const struct call *call,
                               struct mailbag *bag, cohort_blob mine,
                               cohort_blob **all)
{
	struct world *world = group->world;
	const size_t size = (size_t)world->size;
	struct letter letter;
	size_t room = 0;

	letter_write(&letter, &mine);
	for (size_t r = 0; r < size; r++)
		bag->counts[r] = sizeof(letter);
	cohort_status status = group_finish(
	    group, world->backend->allgatherv(world, call, &letter,
	                                      bag->letters, bag->counts, 1));
	if (status != COHORT_OK)
		return status;
	cohort_blob *block = make_block(bag, size, &room);
	if (!block)
		return group_give_up(group, call, COHORT_ENOMEM);
	status = fill_block(group, call, bag, mine, block, room);
	if (status != COHORT_OK) {
		free(block);
		return status;
	}
	*all = block;
	return COHORT_OK;
}

cohort_status cohort_allgather_objects(cohort *group, cohort_blob mine,
                                       cohort_blob **all)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct call *call = group_call(group, CALL_ALLGATHER_OBJECTS);
	struct mailbag bag = {0};
	if (!all)
		status = error_set(COHORT_EINVAL, "%s: all is NULL", __func__);
	else
		status = check_object(__func__, &mine);
	call->counts = COUNTS_OWN;
	call->count = sizeof(struct letter);
	if (status != COHORT_OK)
		return group_refuse(group, call, status);
	status = mailbag_open(group->world->size, &bag);
	if (status != COHORT_OK)
		status = group_give_up(group, call, status);
	else
		status = allgather(group, call, &bag, mine, all);
	mailbag_close(&bag);
	return status;
}
