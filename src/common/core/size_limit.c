#define _POSIX_C_SOURCE 200809L
#include "size_limit.h"

#include "common/base/error.h"

#include <sys/resource.h>

/* The most processes that this one may have beside it. */
static unsigned long long process_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NPROC, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return SIZE_LIMIT;
	return limit.rlim_cur < SIZE_LIMIT ? limit.rlim_cur : SIZE_LIMIT;
}

cohort_status size_limit_check(const char *name, unsigned long long size)
{
	const unsigned long long limit = process_limit();

	if (size <= limit)
		return COHORT_OK;
	if (limit == SIZE_LIMIT)
		return error_set(COHORT_ECONFIG,
		                 "%s asks for %llu ranks, but mp starts at "
		                 "most %d: ask for fewer",
		                 name, size, SIZE_LIMIT);
	return error_set(COHORT_ECONFIG,
	                 "%s asks for %llu ranks, but this process may have "
	                 "%llu processes only: ask for fewer, or raise the "
	                 "limit (ulimit -u)",
	                 name, size, limit);
}
