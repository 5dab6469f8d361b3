/* cohort_alloc and cohort_free: the backend gives and takes; what is out is
 * kept in a list, so that nothing else is ever given back to it. Allocations
 * are few and large, so that the list is short. */
#include "common/base/log.h"
#include "group.h"

#include <stdlib.h>

struct allocation {
	void *memory;
	struct allocation *next;
};

void *cohort_alloc(cohort *group, size_t bytes)
{
	if (!group) {
		error_set(COHORT_EINVAL, "cohort_alloc: group is NULL: pass "
		                         "what cohort_open returned");
		return NULL;
	}
	if (!group_is_own(group)) {
		error_set(COHORT_ESTATE,
		          "cohort_alloc: this process was forked off by rank "
		          "%d and is no rank itself",
		          group->world->rank);
		return NULL;
	}
	struct allocation *allocation = malloc(sizeof(*allocation));
	if (!allocation) {
		error_sys("cohort_alloc: malloc");
		return NULL;
	}
	allocation->memory = group->world->backend->alloc(group->world, bytes);
	if (!allocation->memory) {
		free(allocation);
		return NULL;
	}
	allocation->next = group->allocations;
	group->allocations = allocation;
	return allocation->memory;
}

static void release(cohort *group, struct allocation **link)
{
	struct allocation *allocation = *link;

	*link = allocation->next;
	group->world->backend->release(group->world, allocation->memory);
	free(allocation);
}

void cohort_free(cohort *group, void *memory)
{
	if (!memory || (group && !group_is_own(group)))
		return;
	for (struct allocation **link = group ? &group->allocations : NULL;
	     link && *link; link = &(*link)->next)
		if ((*link)->memory == memory) {
			release(group, link);
			return;
		}
	error_set(COHORT_EINVAL,
	          "cohort_free: %p was not allocated from this group with "
	          "cohort_alloc, or was freed before: it is left alone",
	          memory);
	log_line(LOG_ERROR, cohort_rank(group), "%s", cohort_error());
}

void group_free_all(cohort *group)
{
	while (group->allocations && group_is_own(group))
		release(group, &group->allocations);
}
