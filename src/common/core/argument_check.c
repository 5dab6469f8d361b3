#include "argument_check.h"

#include "common/base/plural.h"

cohort_status refuse_type(const char *function, cohort_type type)
{
	return error_set(COHORT_EINVAL,
	                 "%s: type is %d, which is no cohort_type", function,
	                 (int)type);
}

cohort_status refuse_root(const char *function, int root, int size)
{
	return error_set(COHORT_EINVAL,
	                 "%s: root is %d, but the ranks go from 0 to %d",
	                 function, root, size - 1);
}

cohort_status refuse_bytes(const char *function, const char *name, size_t count,
                           cohort_type type)
{
	return error_set(COHORT_EINVAL,
	                 "%s: %s is %zu elements of %s, more bytes than there "
	                 "can be in memory",
	                 function, name, count, type_name(type));
}

cohort_status refuse_pointer(const char *function, const char *name,
                             size_t count)
{
	return error_set(COHORT_EINVAL,
	                 "%s: %s is NULL, but there %s %zu element%s", function,
	                 name, count == 1 ? "is" : "are", count, plural(count));
}

cohort_status refuse_op(const char *function, cohort_op op, cohort_type type)
{
	if (!op_valid(op))
		return error_set(COHORT_EINVAL,
		                 "%s: op is %d, which is no cohort_op",
		                 function, (int)op);
	return error_set(COHORT_EINVAL,
	                 "%s: %s cannot be applied to %s: bitwise operators "
	                 "take integers",
	                 function, op_name(op), type_name(type));
}

cohort_status refuse_overlap(const char *function)
{
	return error_set(COHORT_EINVAL,
	                 "%s: send and recv overlap: use separate buffers, or "
	                 "pass COHORT_IN_PLACE as send",
	                 function);
}
