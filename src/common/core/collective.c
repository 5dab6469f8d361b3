/* The collective calls on arrays. Each checks its arguments, brings them into
 * the form that backend.h demands, and makes one indirect call. */
#include "argument_check.h"
#include "common/base/plural.h"
#include "group_call.h"

cohort_status cohort_barrier(cohort *group)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	const struct call *call = group_call(group, CALL_BARRIER);
	LEFT_CALL_GUARD guard = {group};
	return group_end(&guard,
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
	    (status = check_root(__func__, root, group->world->size)) ||
	    (status = check_bytes(__func__, "count", count, type)) ||
	    (status = check_pointer(__func__, "data", data, count)))
		return group_refuse(group, call, status);
	call->type = type;
	call->root = root;
	call->count = count;
	LEFT_CALL_GUARD guard = {group};
	return group_end(&guard,
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

/* A digest of all counts, for the comparison of calls. The factor is odd and
 * the shift can be undone, so each step loses no bit. */
static uint64_t digest_counts(const cohort *group, const size_t counts[])
{
	uint64_t digest = 0;

	for (int r = 0; r < group->world->size; r++) {
		digest = (digest ^ counts[r]) * 0x9e3779b97f4a7c15;
		digest ^= digest >> 32;
	}
	return digest;
}

/* Check the receive buffer against the send buffer. If *send is
 * COHORT_IN_PLACE, it becomes the address in recv. */
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
	return check_apart(function, *send, count * width, recv,
	                   layout->total * width);
}

COHORT_COLD static cohort_status mismatched_count(const char *function,
                                                  const cohort *group,
                                                  size_t count,
                                                  const size_t counts[])
{
	const int rank = group->world->rank;

	return error_set(COHORT_EMISMATCH,
	                 "%s: rank %d sends %zu element%s, but its own "
	                 "counts[%d] is %zu: the two must be equal",
	                 function, rank, count, plural(count), rank,
	                 counts[rank]);
}

COHORT_COLD static cohort_status refuse_in_place(const char *function,
                                                 const cohort *group, int root)
{
	return error_set(COHORT_EINVAL,
	                 "%s: send is COHORT_IN_PLACE on rank %d: only the "
	                 "root, %d, has its part in recv",
	                 function, group->world->rank, root);
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
	    (status = check_root(__func__, root, group->world->size)) ||
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
			status = refuse_in_place(__func__, group, root);
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
	LEFT_CALL_GUARD guard = {group};
	return group_end(&guard, group->world->backend->gatherv(
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
	LEFT_CALL_GUARD guard = {group};
	return group_end(&guard, group->world->backend->allgatherv(
	                             group->world, call, send, recv, counts,
	                             type_size(type)));
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
	else if ((status = check_apart(__func__, send, bytes, recv, bytes)))
		return group_refuse(group, call, status);
	LEFT_CALL_GUARD guard = {group};
	return group_end(&guard, group->world->backend->allreduce(
	                             group->world, call, send, recv));
}
