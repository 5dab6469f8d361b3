/* cohort_alloc and cohort_free. The backend provides the memory if it has any
 * that it moves faster than other memory. A list contains all allocations of a
 * group, so that no other pointer is ever released. Allocations are few and
 * large, so the list is short. */
#include "alloc.h"

#include "common/base/log.h"
#include "common/base/memory.h"
#include "group.h"

#include <stdlib.h>

struct allocation {
	void *memory;
	struct allocation *next;
};

static void *alloc_memory(struct world *world, size_t bytes)
{
	return world->backend->alloc ? world->backend->alloc(world, bytes)
	                             : memory_alloc(bytes);
}

static void release_memory(struct world *world, void *memory)
{
	if (world->backend->release)
		world->backend->release(world, memory);
	else
		free(memory);
}

void *cohort_alloc(cohort *group, size_t bytes)
{
	cohort_status refused = COHORT_OK;

	/* Unlike a collective call it is allowed in a task, and on a broken
	 * group. */
	if (!group || group_is_closed(group) || !group_is_own(group))
		refused = group_turn_away(group, __func__);
	if (refused != COHORT_OK)
		return NULL;
	struct allocation *allocation = malloc(sizeof(*allocation));
	if (!allocation) {
		error_sys("cohort_alloc: malloc");
		return NULL;
	}
	allocation->memory = alloc_memory(group->world, bytes);
	if (!allocation->memory) {
		free(allocation);
		return NULL;
	}
	allocation->next = group->allocations;
	group->allocations = allocation;
	return allocation->memory;
}

static void release_allocation(cohort *group, struct allocation **link)
{
	struct allocation *allocation = *link;

	*link = allocation->next;
	release_memory(group->world, allocation->memory);
	free(allocation);
}

/* A closed group has no allocations. */
void cohort_free(cohort *group, void *memory)
{
	if (!memory || (group && !group_is_own(group)))
		return;
	for (struct allocation **link = group ? &group->allocations : NULL;
	     link && *link; link = &(*link)->next)
		if ((*link)->memory == memory) {
			release_allocation(group, link);
			return;
		}
	error_set(COHORT_EINVAL,
	          "cohort_free: %p was not allocated from this group with "
	          "cohort_alloc, or was freed before: it is left alone",
	          memory);
	log_line(LOG_ERROR, cohort_rank(group), "%s", cohort_error());
}

void alloc_release_all(cohort *group)
{
	while (group->allocations && group_is_own(group))
		release_allocation(group, &group->allocations);
}
