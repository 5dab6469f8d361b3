/*
 * Objects, over the backends' bcast and allgatherv. Each rank first sends a
 * header: the object's size, and its bytes if they fit. Only larger objects
 * need a second call. Cost: one call for objects up to INLINE_BYTES bytes, two
 * above.
 */
#include "argument_check.h"
#include "group.h"

#include <stdlib.h>
#include <string.h>

enum { INLINE_BYTES = 40, ALIGNMENT = _Alignof(max_align_t) };

struct object_header {
	uint64_t bytes;
	unsigned char inline_data[INLINE_BYTES];
};

static void write_object_header(struct object_header *header,
                                const cohort_blob *object)
{
	*header = (struct object_header){.bytes = object->bytes};
	if (object->bytes > 0 && object->bytes <= INLINE_BYTES)
		memcpy(header->inline_data, object->data, object->bytes);
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
	const cohort_status status =
	    check_root(function, root, group->world->size);

	if (status != COHORT_OK)
		return status;
	if (!object)
		return error_set(
		    COHORT_EINVAL,
		    "%s: object is NULL: pass the address of a cohort_blob",
		    function);
	if (group->world->rank == root)
		return check_object(function, object);
	return COHORT_OK;
}

/* The rest of a broadcast after every rank has the header. */
static cohort_status bcast_body(cohort *group, const struct call *call,
                                const struct object_header *header,
                                cohort_blob *out)
{
	struct world *world = group->world;
	const size_t bytes = (size_t)header->bytes;
	const bool is_root = world->rank == call->root;
	void *data = is_root ? out->data : NULL;

	if (!is_root && bytes > 0 && !(data = malloc(bytes)))
		return group_give_up(group, call,
		                     error_sys("cohort_bcast_object: malloc of "
		                               "%zu bytes",
		                               bytes));
	cohort_status status = COHORT_OK;
	if (bytes > INLINE_BYTES)
		status = group_finish(
		    group, world->backend->bcast(world, call, data, bytes));
	else if (!is_root && bytes > 0)
		memcpy(data, header->inline_data, bytes);
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
	struct object_header header = {0};
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct call *call = group_call(group, CALL_BCAST_OBJECT);
	if ((status = check_bcast(__func__, group, object, root)))
		return group_refuse(group, call, status);
	call->root = root;
	if (group->world->rank == root)
		write_object_header(&header, object);
	status = group_finish(
	    group, group->world->backend->bcast(group->world, call, &header,
	                                        sizeof(header)));
	if (status == COHORT_OK)
		status = bcast_body(group, call, &header, object);
	return group_leave(group, status);
}

/* Memory of an allgather: the counts of the call under way, and a header of
 * each rank. */
struct object_headers {
	size_t *counts;
	struct object_header *headers;
};

static cohort_status open_object_headers(int size, struct object_headers *out)
{
	const size_t ranks = (size_t)size;

	out->counts = malloc(ranks * sizeof(*out->counts));
	out->headers = malloc(ranks * sizeof(*out->headers));
	if (!out->counts || !out->headers)
		return error_sys("cohort_allgather_objects: malloc of %d "
		                 "object headers",
		                 size);
	return COHORT_OK;
}

static void close_object_headers(struct object_headers *all_headers)
{
	free(all_headers->counts);
	free(all_headers->headers);
}

static size_t padded(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Allocate the array and, behind it, aligned space for each object. NULL with
 * the sentence written if there is no memory. `room` receives the bytes behind
 * the array. */
static cohort_blob *make_block(const struct object_headers *all_headers,
                               size_t size, size_t *room)
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
		error_sys("cohort_allgather_objects: malloc of %zu bytes",
		          total);
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

/* Large objects arrive without gaps at the end of the block, and are then moved
 * forward to their aligned addresses, the first one first. No object's address
 * lies behind the bytes that arrived for it, so no move overwrites bytes that
 * are still to be moved. */
static cohort_status fill_block(cohort *group, const struct call *call,
                                const struct object_headers *all_headers,
                                cohort_blob mine, cohort_blob *block,
                                size_t room)
{
	struct world *world = group->world;
	const size_t size = (size_t)world->size;
	size_t large = 0;

	for (size_t r = 0; r < size; r++) {
		size_t bytes = (size_t)all_headers->headers[r].bytes;
		all_headers->counts[r] = bytes > INLINE_BYTES ? bytes : 0;
		large += all_headers->counts[r];
	}
	unsigned char *from = (unsigned char *)block +
	                      padded(size * sizeof(cohort_blob)) + room - large;
	if (large > 0) {
		struct call body = *call;
		body.count = all_headers->counts[world->rank];
		cohort_status status = group_finish(
		    group, world->backend->allgatherv(
		               world, &body, body.count ? mine.data : NULL,
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
			memcpy(block[r].data,
			       all_headers->headers[r].inline_data,
			       block[r].bytes);
	return COHORT_OK;
}

static cohort_status allgather(cohort *group, const struct call *call,
                               struct object_headers *all_headers,
                               cohort_blob mine, cohort_blob **all)
{
	struct world *world = group->world;
	const size_t size = (size_t)world->size;
	struct object_header header;
	size_t room = 0;

	write_object_header(&header, &mine);
	for (size_t r = 0; r < size; r++)
		all_headers->counts[r] = sizeof(header);
	cohort_status status =
	    group_finish(group, world->backend->allgatherv(
	                            world, call, &header, all_headers->headers,
	                            all_headers->counts, 1));
	if (status != COHORT_OK)
		return status;
	cohort_blob *block = make_block(all_headers, size, &room);
	if (!block)
		return group_give_up(group, call, COHORT_ENOMEM);
	status = fill_block(group, call, all_headers, mine, block, room);
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
	struct object_headers all_headers = {0};
	if (!all)
		status = error_set(COHORT_EINVAL,
		                   "%s: all is NULL: pass the address of a "
		                   "cohort_blob pointer",
		                   __func__);
	else
		status = check_object(__func__, &mine);
	call->counts = COUNTS_OWN;
	call->count = sizeof(struct object_header);
	if (status != COHORT_OK)
		return group_refuse(group, call, status);
	status = open_object_headers(group->world->size, &all_headers);
	if (status != COHORT_OK)
		status = group_give_up(group, call, status);
	else
		status = allgather(group, call, &all_headers, mine, all);
	close_object_headers(&all_headers);
	return group_leave(group, status);
}
