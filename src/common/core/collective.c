/* The collective calls on arrays. Each checks its arguments, brings them into
 * the form that backend.h demands, and makes one indirect call. */
#include "common/base/op.h"
#include "common/base/type.h"
#include "group.h"

/* A range of bytes. */
struct byte_range {
	const void *start;
	size_t bytes;
};

static bool overlap(struct byte_range a, struct byte_range b)
{
	const uintptr_t x = (uintptr_t)a.start;
	const uintptr_t y = (uintptr_t)b.start;

	return a.bytes > 0 && b.bytes > 0 &&
	       (x < y ? y - x < a.bytes : x - y < b.bytes);
}

static cohort_status check_type(const char *function, cohort_type type)
{
	if (type_valid(type))
		return COHORT_OK;
	return error_set(COHORT_EINVAL,
	                 "%s: type is %d, which is no cohort_type", function,
	                 (int)type);
}

static cohort_status check_root(const char *function, const cohort *group,
                                int root)
{
	if (root >= 0 && root < group->world->size)
		return COHORT_OK;
	return error_set(COHORT_EINVAL,
	                 "%s: root is %d, but the ranks go from 0 to %d",
	                 function, root, group->world->size - 1);
}

static cohort_status check_bytes(const char *function, const char *name,
                                 size_t count, cohort_type type)
{
	if (count <= type_most(type))
		return COHORT_OK;
	return error_set(COHORT_EINVAL,
	                 "%s: %s is %zu elements of %s, more bytes than there "
	                 "can be in memory",
	                 function, name, count, type_name(type));
}

static cohort_status check_pointer(const char *function, const char *name,
                                   const void *pointer, size_t count)
{
	if (pointer || count == 0)
		return COHORT_OK;
	return error_set(COHORT_EINVAL,
	                 "%s: %s is NULL, but there are %zu elements", function,
	                 name, count);
}

COHORT_COLD static cohort_status refuse_overlap(const char *function)
{
	return error_set(COHORT_EINVAL,
	                 "%s: send and recv overlap: use separate buffers, or "
	                 "pass COHORT_IN_PLACE as send",
	                 function);
}

cohort_status cohort_barrier(cohort *group)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	const struct call *call = group_call(group, CALL_BARRIER);
	return group_end(group,
	                 group->world->backend->barrier(group->world, call));
}

cohort_status cohort_bcast(cohort *group, void *data, size_t count,
                           cohort_type type, int root)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct call *call = group_call(group, CALL_BCAST);
	if ((status = check_type(__func__, type)) ||
	    (status = check_root(__func__, group, root)) ||
	    (status = check_bytes(__func__, "count", count, type)) ||
	    (status = check_pointer(__func__, "data", data, count)))
		return group_refuse(group, call, status);
	call->type = type;
	call->root = root;
	call->count = count;
	return group_end(group,
	                 group->world->backend->bcast(group->world, call, data,
	                                              count * type_size(type)));
}

/* Where this rank's elements lie among those of all ranks. */
struct gather_layout {
	size_t total;  /* elements of all ranks */
	size_t before; /* elements of the ranks before this one */
};

static cohort_status add_counts(const char *function, const cohort *group,
                                const size_t counts[], cohort_type type,
                                struct gather_layout *out)
{
	const size_t most = type_most(type);
	struct gather_layout layout = {0, 0};

	if (!counts)
		return error_set(COHORT_EINVAL,
		                 "%s: counts is NULL: pass one number of "
		                 "elements for each rank",
		                 function);
	for (int r = 0; r < group->world->size; r++) {
		if (r == group->world->rank)
			layout.before = layout.total;
		if (counts[r] > most - layout.total)
			return error_set(
			    COHORT_EINVAL,
			    "%s: counts[0] to counts[%d] add up to "
			    "more bytes than there can be in "
			    "memory",
			    function, r);
		layout.total += counts[r];
	}
	*out = layout;
	return COHORT_OK;
}

/* A digest of all counts, for the comparison of calls. The factor is odd and the
 * shift can be undone, so each step loses no bit. */
static uint64_t digest_counts(const cohort *group, const size_t counts[])
{
	uint64_t digest = 0;

	for (int r = 0; r < group->world->size; r++) {
		digest = (digest ^ counts[r]) * 0x9e3779b97f4a7c15;
		digest ^= digest >> 32;
	}
	return digest;
}

/* Check the receive buffer against the send buffer. If *send is COHORT_IN_PLACE,
 * it becomes the address in recv. */
static inline cohort_status check_gather(const char *function,
                                         const struct call *call,
                                         const struct gather_layout *layout,
                                         void *recv, const void **send)
{
	const size_t width = type_size((cohort_type)call->type);
	const size_t count = (size_t)call->count;
	cohort_status status =
	    check_pointer(function, "recv", recv, layout->total);

	if (status != COHORT_OK)
		return status;
	if (*send == COHORT_IN_PLACE) {
		*send = recv ? (char *)recv + layout->before * width : NULL;
		return COHORT_OK;
	}
	if (overlap((struct byte_range){*send, count * width},
	            (struct byte_range){recv, layout->total * width}))
		return refuse_overlap(function);
	return COHORT_OK;
}

COHORT_COLD static cohort_status mismatched_count(const char *function,
                                                  const cohort *group,
                                                  size_t count,
                                                  const size_t counts[])
{
	const int rank = group->world->rank;

	return error_set(COHORT_EMISMATCH,
	                 "%s: rank %d sends %zu elements, but its own "
	                 "counts[%d] is %zu",
	                 function, rank, count, rank, counts[rank]);
}

cohort_status cohort_gatherv(cohort *group, const void *send, size_t count,
                             void *recv, const size_t counts[],
                             cohort_type type, int root)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct call *call = group_call(group, CALL_GATHERV);
	if ((status = check_type(__func__, type)) ||
	    (status = check_root(__func__, group, root)) ||
	    (status = check_bytes(__func__, "count", count, type)) ||
	    (status = check_pointer(__func__, "send", send, count)))
		return group_refuse(group, call, status);
	call->type = type;
	call->root = root;
	call->count = count;
	call->counts = COUNTS_OWN;

	struct gather_layout layout = {0, 0};
	if (group->world->rank != root) {
		recv = NULL;
		counts = NULL;
		if (send == COHORT_IN_PLACE)
			status = error_set(COHORT_EINVAL,
			                   "%s: send is COHORT_IN_PLACE on "
			                   "rank %d: only the root, %d, has "
			                   "its part in recv",
			                   __func__, group->world->rank, root);
	} else if ((status = add_counts(__func__, group, counts, type,
	                                &layout)) == COHORT_OK) {
		if (counts[root] != count)
			return group_give_up(
			    group, call,
			    mismatched_count(__func__, group, count, counts));
		status = check_gather(__func__, call, &layout, recv, &send);
	}
	if (status != COHORT_OK)
		return group_refuse(group, call, status);
	return group_end(group, group->world->backend->gatherv(
	                            group->world, call, send, recv, counts,
	                            type_size(type)));
}

cohort_status cohort_allgatherv(cohort *group, const void *send, size_t count,
                                void *recv, const size_t counts[],
                                cohort_type type)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct call *call = group_call(group, CALL_ALLGATHERV);
	struct gather_layout layout = {0, 0};
	if ((status = check_type(__func__, type)) ||
	    (status = check_bytes(__func__, "count", count, type)) ||
	    (status = check_pointer(__func__, "send", send, count)) ||
	    (status = add_counts(__func__, group, counts, type, &layout)))
		return group_refuse(group, call, status);
	call->type = type;
	call->count = count;
	call->counts = COUNTS_OWN;
	call->detail = digest_counts(group, counts);
	if (counts[group->world->rank] != count)
		return group_give_up(
		    group, call,
		    mismatched_count(__func__, group, count, counts));
	if ((status = check_gather(__func__, call, &layout, recv, &send)))
		return group_refuse(group, call, status);
	return group_end(group, group->world->backend->allgatherv(
	                            group->world, call, send, recv, counts,
	                            type_size(type)));
}

static cohort_status check_op(const char *function, cohort_op op,
                              cohort_type type)
{
	if (!op_valid(op))
		return error_set(COHORT_EINVAL,
		                 "%s: op is %d, which is no cohort_op",
		                 function, (int)op);
	if (!op_applies(op, type))
		return error_set(COHORT_EINVAL,
		                 "%s: %s cannot be applied to %s: bitwise "
		                 "operators take integers",
		                 function, op_name(op), type_name(type));
	return COHORT_OK;
}

cohort_status cohort_allreduce(cohort *group, const void *send, void *recv,
                               size_t count, cohort_type type, cohort_op op)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct call *call = group_call(group, CALL_ALLREDUCE);
	if ((status = check_type(__func__, type)) ||
	    (status = check_op(__func__, op, type)) ||
	    (status = check_bytes(__func__, "count", count, type)) ||
	    (status = check_pointer(__func__, "send", send, count)) ||
	    (status = check_pointer(__func__, "recv", recv, count)))
		return group_refuse(group, call, status);
	call->type = type;
	call->op = op;
	call->count = count;

	const size_t bytes = count * type_size(type);
	if (send == COHORT_IN_PLACE)
		send = recv;
	else if (overlap((struct byte_range){send, bytes},
	                 (struct byte_range){recv, bytes}))
		return group_refuse(group, call, refuse_overlap(__func__));
	return group_end(group, group->world->backend->allreduce(
	                            group->world, call, send, recv));
}
