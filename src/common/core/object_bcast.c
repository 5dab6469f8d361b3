/*
 * The broadcast of an object, over the backends' bcast. The root first sends a
 * header. Cost: one call for objects up to OBJECT_INLINE_BYTES bytes; above,
 * one more for each segment (pieces.h), and one more if there are more than
 * OBJECT_INLINE_SEGMENTS. An object in one piece is one segment.
 */
#include "argument_check.h"
#include "common/base/plural.h"
#include "group_call.h"
#include "object_header.h"

#include <stdlib.h>
#include <string.h>

/* The broadcast of a large object, on one rank. */
struct object_bcast {
	const char *function;
	cohort *group;
	const struct call *call;
	struct pieces pieces; /* on the root */
	void *staging;        /* on the root; NULL: no segment needs it */
	uint64_t *lengths;    /* of the segments that are not in the header */
};

static cohort_status bcast_bytes(cohort *group, const struct call *call,
                                 void *data, size_t bytes)
{
	struct world *world = group->world;

	return group_finish(group,
	                    world->backend->bcast(world, call, data, bytes));
}

static cohort_status say_no_memory(const struct object_bcast *bcast,
                                   size_t bytes)
{
	return error_sys("%s: rank %d has no memory for an object: malloc of "
	                 "%zu byte%s",
	                 bcast->function, bcast->group->world->rank, bytes,
	                 plural(bytes));
}

/* On the root. The lengths of a few segments go into the header. */
static bool prepare_segments(struct object_bcast *bcast,
                             struct object_segments *segments)
{
	const struct pieces *pieces = &bcast->pieces;
	bool staged;
	size_t at = 0;
	size_t bytes;

	segments->count = pieces_segments(pieces, &staged);
	if (staged && !(bcast->staging = malloc(PIECES_STAGED)))
		return false;
	uint64_t *lengths = segments->bytes;
	if (segments->count > OBJECT_INLINE_SEGMENTS)
		lengths = bcast->lengths =
		    calloc((size_t)segments->count, sizeof(*lengths));
	if (!lengths)
		return false;
	for (size_t i = 0; pieces_next(pieces, &at, NULL, &bytes); i++)
		lengths[i] = bytes;
	return true;
}

static size_t length_bytes(const struct object_segments *segments)
{
	return segments->count > OBJECT_INLINE_SEGMENTS
	           ? (size_t)segments->count * sizeof(uint64_t)
	           : 0;
}

/* All ranks learn the lengths of the segments. */
static cohort_status share_lengths(struct object_bcast *bcast,
                                   const struct object_segments *segments,
                                   const uint64_t **out)
{
	const size_t bytes = length_bytes(segments);

	*out = bytes > 0 ? bcast->lengths : segments->bytes;
	return bytes > 0 ? bcast_bytes(bcast->group, bcast->call,
	                               bcast->lengths, bytes)
	                 : COHORT_OK;
}

/* `to` is NULL on the root. */
static cohort_status send_segments(struct object_bcast *bcast,
                                   const struct object_segments *segments,
                                   unsigned char *to)
{
	const uint64_t *lengths;
	size_t at = 0;
	cohort_status status = share_lengths(bcast, segments, &lengths);

	for (size_t i = 0; status == COHORT_OK && i < segments->count; i++) {
		size_t bytes = (size_t)lengths[i];
		void *data = to ? to
		                : (void *)pieces_next(&bcast->pieces, &at,
		                                      bcast->staging, &bytes);
		status = bcast_bytes(bcast->group, bcast->call, data, bytes);
		if (to)
			to += bytes;
	}
	return status;
}

/* The root has no memory to send from: the others learn it instead of the
 * object. */
static cohort_status send_inability(const struct object_bcast *bcast)
{
	const cohort_status mine = say_no_memory(bcast, PIECES_STAGED);
	struct object_header header = {.bytes = OBJECT_INABILITY};
	cohort *group = bcast->group;

	if (!group->world->backend->agree)
		return group_give_up(group, bcast->call, mine);
	header.body.segments.count = (uint64_t)mine;
	const cohort_status sent =
	    bcast_bytes(group, bcast->call, &header, sizeof(header));
	return sent == COHORT_OK ? mine : sent;
}

static cohort_status send_all_segments(struct object_bcast *bcast)
{
	struct object_header header = {.bytes = bcast->pieces.bytes};

	if (!prepare_segments(bcast, &header.body.segments))
		return send_inability(bcast);
	cohort_status status =
	    bcast_bytes(bcast->group, bcast->call, &header, sizeof(header));
	if (status == COHORT_OK)
		status = group_agree(bcast->group, bcast->call, COHORT_OK,
		                     "an object");
	return status == COHORT_OK
	           ? send_segments(bcast, &header.body.segments, NULL)
	           : status;
}

static cohort_status send_object(cohort *group, const char *function,
                                 const struct pieces *pieces)
{
	struct call *call = group->world->call;

	if (pieces->bytes > OBJECT_INLINE_BYTES) {
		struct object_bcast bcast = {.function = function,
		                             .group = group,
		                             .call = call,
		                             .pieces = *pieces};
		const cohort_status status = send_all_segments(&bcast);
		free(bcast.staging);
		free(bcast.lengths);
		return status;
	}
	struct object_header header = object_header_of(pieces);
	return bcast_bytes(group, call, &header, sizeof(header));
}

/* `data`: memory for the object, or NULL if there is none. */
static cohort_status receive_large(struct object_bcast *bcast,
                                   const struct object_header *header,
                                   unsigned char *data)
{
	const struct object_segments *segments = &header->body.segments;
	const size_t bytes = length_bytes(segments);
	cohort_status status = COHORT_OK;

	if (!data)
		status = say_no_memory(bcast, (size_t)header->bytes);
	else if (bytes > 0 && !(bcast->lengths = malloc(bytes)))
		status = say_no_memory(bcast, bytes);
	status = group_agree(bcast->group, bcast->call, status, "an object");
	if (status == COHORT_OK)
		status = send_segments(bcast, segments, data);
	free(bcast->lengths);
	return status;
}

static cohort_status receive_small(const struct object_bcast *bcast,
                                   const struct object_header *header,
                                   unsigned char *data)
{
	const size_t bytes = (size_t)header->bytes;

	if (bytes > 0 && !data)
		return group_fail_last(bcast->group, bcast->call,
		                       say_no_memory(bcast, bytes));
	if (bytes > 0)
		memcpy(data, header->body.data, bytes);
	return COHORT_OK;
}

/* Instead of an object the root has sent why there is none. */
static cohort_status receive_inability(const struct object_bcast *bcast,
                                       const struct object_header *header)
{
	const struct inability inability = {
	    .rank = (int)bcast->call->root,
	    .status = (cohort_status)header->body.segments.count,
	};

	return group_lack(bcast->group, bcast->call, &inability, COHORT_OK,
	                  "an object");
}

static cohort_status receive_object(cohort *group, const char *function,
                                    cohort_blob *out)
{
	struct call *call = group->world->call;
	struct object_bcast bcast = {
	    .function = function, .group = group, .call = call};
	struct object_header header;
	cohort_status status =
	    bcast_bytes(group, call, &header, sizeof(header));

	if (status != COHORT_OK)
		return status;
	if (header.bytes == OBJECT_INABILITY)
		return receive_inability(&bcast, &header);
	const size_t bytes = (size_t)header.bytes;
	unsigned char *data = bytes > 0 ? malloc(bytes) : NULL;
	status = bytes > OBJECT_INLINE_BYTES
	             ? receive_large(&bcast, &header, data)
	             : receive_small(&bcast, &header, data);
	if (status != COHORT_OK) {
		free(data);
		return status;
	}
	*out = (cohort_blob){data, bytes};
	return COHORT_OK;
}

static cohort_status bcast_object(cohort *group, const char *function,
                                  const cohort_blob list[], size_t count,
                                  cohort_blob *out, int root)
{
	const struct world *world = group->world;
	struct call *call = group_call(group, CALL_BCAST_OBJECT);
	const bool is_root = world->rank == root;
	struct pieces pieces;
	cohort_status status = check_root(function, root, world->size);

	if (status == COHORT_OK && is_root)
		status = pieces_check(function, list, count, &pieces);
	else if (status == COHORT_OK && !out)
		status = error_set(COHORT_EINVAL,
		                   "%s: object is NULL: pass the address of a "
		                   "cohort_blob",
		                   function);
	if (status != COHORT_OK)
		return group_refuse(group, call, status);
	call->root = root;
	LEFT_CALL_GUARD guard = {group};
	status = is_root ? send_object(group, function, &pieces)
	                 : receive_object(group, function, out);
	guard.group = NULL;
	return group_leave(group, status);
}

cohort_status cohort_bcast_object(cohort *group, cohort_blob *object, int root)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	/* On the root `object` is one piece, and is not written. */
	return bcast_object(group, __func__, object, 1, object, root);
}

cohort_status cohort_bcast_pieces(cohort *group, const cohort_blob pieces[],
                                  size_t count, cohort_blob *object, int root)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	const struct error_call before =
	    error_begin_call("cohort_bcast_object", __func__);
	status = bcast_object(group, __func__, pieces, count, object, root);
	error_end_call(before);
	return status;
}
