/*
 * The objects of all ranks for every rank, over the backends' allgatherv. Each
 * rank first sends a header. Cost: one call if no object has more than
 * OBJECT_INLINE_BYTES bytes, two otherwise.
 */
#include "group_call.h"
#include "object_header.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = _Alignof(max_align_t) };

/* Memory of an allgather: the counts of the call under way, and a header of
 * each rank. */
struct object_headers {
	size_t *counts;
	struct object_header *headers;
};

_Static_assert(sizeof(struct object_header) + sizeof(size_t) <=
                   WORLD_SCRATCH_BYTES,
               "the headers of all ranks fit into the scratch memory");

static struct object_headers object_headers_of(const struct world *world)
{
	struct object_header *headers = world->scratch;

	return (struct object_headers){
	    .counts = (size_t *)(headers + world->size),
	    .headers = headers,
	};
}

static size_t padded(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Allocate the array and, behind it, aligned space for each object. NULL with
 * the sentence written if there is no memory. `room` receives the bytes behind
 * the array. */
static cohort_blob *make_block(const struct object_headers *all_headers,
                               int rank, size_t size, size_t *room)
{
	const size_t head = padded(size * sizeof(cohort_blob));
	size_t total = head;

	for (size_t r = 0; r < size; r++) {
		size_t bytes = (size_t)all_headers->headers[r].bytes;
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
		error_sys("cohort_allgather_objects: rank %d has no memory "
		          "for the objects of all ranks: malloc of %zu bytes",
		          rank, total);
		return NULL;
	}
	unsigned char *place = (unsigned char *)block + head;
	for (size_t r = 0; r < size; r++) {
		size_t bytes = (size_t)all_headers->headers[r].bytes;
		block[r] = (cohort_blob){bytes ? place : NULL, bytes};
		place += padded(bytes);
	}
	*room = total - head;
	return block;
}

/* This rank's object for the backend. Several pieces are put together at
 * `place`, where the backend wants them, so they are copied once. */
static const void *own_bytes(const struct pieces *mine, void *place)
{
	if (mine->count == 1)
		return mine->list[0].data;
	pieces_copy(mine, place);
	return place;
}

/* Large objects arrive without gaps at the end of the block, and are then moved
 * forward to their aligned addresses, the first one first. No object's address
 * lies behind the bytes that arrived for it, so no move overwrites bytes that
 * are still to be moved. */
static cohort_status fill_block(cohort *group, const struct call *call,
                                const struct object_headers *all_headers,
                                const struct pieces *mine, cohort_blob *block,
                                size_t room)
{
	struct world *world = group->world;
	const size_t size = (size_t)world->size;
	size_t large = 0;
	size_t before = 0; /* of them, of the ranks below this one */

	for (size_t r = 0; r < size; r++) {
		size_t bytes = (size_t)all_headers->headers[r].bytes;
		all_headers->counts[r] =
		    bytes > OBJECT_INLINE_BYTES ? bytes : 0;
		before = r == (size_t)world->rank ? large : before;
		large += all_headers->counts[r];
	}
	unsigned char *from = (unsigned char *)block +
	                      padded(size * sizeof(cohort_blob)) + room - large;
	if (large > 0) {
		struct call body = *call;
		body.count = all_headers->counts[world->rank];
		cohort_status status = group_finish(
		    group,
		    world->backend->allgatherv(
		        world, &body,
		        body.count ? own_bytes(mine, from + before) : NULL,
		        from, all_headers->counts, 1));
		if (status != COHORT_OK)
			return status;
	}
	for (size_t r = 0; r < size; r++) {
		if (all_headers->counts[r] > 0)
			memmove(block[r].data, from, all_headers->counts[r]);
		from += all_headers->counts[r];
	}
	for (size_t r = 0; r < size; r++)
		if (block[r].bytes > 0 && all_headers->counts[r] == 0)
			memcpy(block[r].data, all_headers->headers[r].body.data,
			       block[r].bytes);
	return COHORT_OK;
}

static bool any_is_large(const struct object_headers *all_headers, size_t size)
{
	for (size_t r = 0; r < size; r++)
		if (all_headers->headers[r].bytes > OBJECT_INLINE_BYTES)
			return true;
	return false;
}

static cohort_status allgather(cohort *group, const struct call *call,
                               struct object_headers *all_headers,
                               const struct pieces *pieces, cohort_blob **all)
{
	struct world *world = group->world;
	const size_t size = (size_t)world->size;
	const struct object_header header = object_header_of(pieces);
	size_t room = 0;

	for (size_t r = 0; r < size; r++)
		all_headers->counts[r] = sizeof(header);
	cohort_status status =
	    group_finish(group, world->backend->allgatherv(
	                            world, call, &header, all_headers->headers,
	                            all_headers->counts, 1));
	if (status != COHORT_OK)
		return status;
	cohort_blob *block = make_block(all_headers, world->rank, size, &room);
	const cohort_status mine = block ? COHORT_OK : COHORT_ENOMEM;
	if (any_is_large(all_headers, size))
		status =
		    group_agree(group, call, mine, "the objects of all ranks");
	else if (!block)
		status = group_fail_last(group, call, mine);
	if (status == COHORT_OK)
		status =
		    fill_block(group, call, all_headers, pieces, block, room);
	if (status != COHORT_OK) {
		free(block);
		return status;
	}
	*all = block;
	return COHORT_OK;
}

static cohort_status allgather_objects(cohort *group, const char *function,
                                       const cohort_blob list[], size_t count,
                                       cohort_blob **all)
{
	struct call *call = group_call(group, CALL_ALLGATHER_OBJECTS);
	struct object_headers all_headers = object_headers_of(group->world);
	struct pieces mine;
	cohort_status status;

	if (!all)
		status = error_set(COHORT_EINVAL,
		                   "%s: all is NULL: pass the address of a "
		                   "cohort_blob pointer",
		                   function);
	else
		status = pieces_check(function, list, count, &mine);
	call->counts = COUNTS_OWN;
	call->count = sizeof(struct object_header);
	if (status != COHORT_OK)
		return group_refuse(group, call, status);
	LEFT_CALL_GUARD guard = {group};
	status = allgather(group, call, &all_headers, &mine, all);
	guard.group = NULL;
	return group_leave(group, status);
}

cohort_status cohort_allgather_objects(cohort *group, cohort_blob mine,
                                       cohort_blob **all)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	return allgather_objects(group, __func__, &mine, 1, all);
}

cohort_status cohort_allgather_pieces(cohort *group, const cohort_blob pieces[],
                                      size_t count, cohort_blob **all)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	const struct error_call before =
	    error_begin_call("cohort_allgather_objects", __func__);
	status = allgather_objects(group, __func__, pieces, count, all);
	error_end_call(before);
	return status;
}
