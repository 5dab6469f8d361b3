/*
 * Rank 0 broadcasts where its memory is. The others map it, and an allreduce
 * tells all ranks whether each of them has. If one has not, rank 0 broadcasts
 * the bytes instead. Cost: a bcast of 40 bytes and an allreduce of 4; each rank
 * opens, maps and closes a file in memory.
 */
#include "mp_spread.h"

#include "common/base/error.h"
#include "common/base/node_memory.h"
#include "common/base/plural.h"

/* Every rank gets a copy of its own. */
static cohort_status spread_copies(struct world *base, const struct call *call,
                                   struct node_memory *memory, size_t bytes)
{
	const bool is_root = base->rank == 0;

	if (!is_root) {
		node_memory_free(memory);
		if (!node_memory_create(memory, bytes, NODE_MEMORY_PRIVATE)) {
			base->backend->refuse(base, call);
			return error_sys("cohort_scatter: mmap of memory for "
			                 "the parameter sets, %zu byte%s",
			                 bytes, plural(bytes));
		}
	}
	cohort_status status =
	    base->backend->bcast(base, call, memory->data, bytes);
	if (status == COHORT_OK && !is_root && !node_memory_finish(memory))
		status = error_sys("cohort_scatter: mprotect");
	return status;
}

cohort_status mp_spread(struct world *base, const struct call *call,
                        struct node_memory *memory, size_t bytes,
                        cohort_status *mine)
{
	struct node_memory_address address = {0};
	struct call least = *call; /* of `mapped` on all ranks */
	int32_t mapped = 1;

	(void)mine; /* a rank without memory refuses the call */
	if (base->size == 1)
		return COHORT_OK;
	if (base->rank == 0)
		address = node_memory_address(memory);
	cohort_status status =
	    base->backend->bcast(base, call, &address, sizeof(address));
	if (status != COHORT_OK)
		return status;
	if (base->rank > 0)
		mapped = node_memory_map(memory, &address);
	else
		mapped = address.process != 0;
	least.type = COHORT_INT32;
	least.op = COHORT_MIN;
	least.count = 1;
	status = base->backend->allreduce(base, &least, &mapped, &mapped);
	node_memory_close(memory);
	return status != COHORT_OK || mapped
	           ? status
	           : spread_copies(base, call, memory, bytes);
}
