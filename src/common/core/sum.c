/* The sum of doubles that does not depend on who has which of them. Each rank
 * adds its own up exactly; the partial sums are whole numbers, and one
 * allreduce adds them; each rank rounds the total once. */
#include "common/base/exact_sum.h"
#include "common/base/type.h"
#include "group_call.h"

static cohort_status check_sum(const double values[], size_t count,
                               const double *out)
{
	if (!out)
		return error_set(COHORT_EINVAL,
		                 "cohort_sum: out is NULL: pass the address of "
		                 "a double");
	if (values == COHORT_IN_PLACE)
		return error_set(COHORT_EINVAL,
		                 "cohort_sum: values is COHORT_IN_PLACE, but a "
		                 "sum has no buffer that it could be in: pass "
		                 "this rank's values");
	if (!values && count > 0)
		return error_set(COHORT_EINVAL,
		                 "cohort_sum: values is NULL, but there %s %zu "
		                 "of them",
		                 count == 1 ? "is" : "are", count);
	if (count > type_most(COHORT_DOUBLE))
		return error_set(COHORT_EINVAL,
		                 "cohort_sum: count is %zu, more bytes than "
		                 "there can be in memory",
		                 count);
	return COHORT_OK;
}

cohort_status cohort_sum(cohort *group, const double values[], size_t count,
                         double *out)
{
	cohort_status status = group_enter(group, __func__);

	if (status != COHORT_OK)
		return status;
	struct call *call = group_call(group, CALL_SUM);
	status = check_sum(values, count, out);
	if (status != COHORT_OK)
		return group_refuse(group, call, status);
	call->type = COHORT_INT64;
	call->op = COHORT_SUM;
	call->count = EXACT_SUM_NUMBERS;

	struct exact_sum own = {{0}};
	struct exact_sum all;
	exact_sum_add(&own, values, count);
	LEFT_CALL_GUARD guard = {group};
	status = group->world->backend->allreduce(group->world, call,
	                                          own.numbers, all.numbers);
	if (status == COHORT_OK)
		*out = exact_sum_round(&all);
	return group_end(&guard, status);
}
