/*
 * Rank 0 tells the others where its memory is. They map it, and all agree whether
 * each of them could. If one could not, rank 0 broadcasts the bytes instead.
 * Cost: a bcast of 40 bytes and an allreduce of 4; each rank opens, maps and closes
 * a file in memory.
 */
#include "mp_spread.h"

#include "common/base/error.h"
#include "common/base/node_memory.h"

/* Every rank gets a copy of its own. */
static cohort_status spread_copies(struct world *base, const struct call *call,
                                   struct node_memory *memory, size_t bytes)
{
	const bool is_root = base->rank == 0;

	if (!is_root) {
		node_memory_free(memory);
		if (!node_memory_create(memory, bytes, NODE_MEMORY_PRIVATE)) {
			base->backend->refuse(base, call);
			return error_sys("cohort_scatter: no memory for the "
			                 "parameter sets, of %zu bytes",
			                 bytes);
		}
	}
	cohort_status status =
	    base->backend->bcast(base, call, memory->data, bytes);
	if (status == COHORT_OK && !is_root && !node_memory_finish(memory))
		status = error_sys("cohort_scatter: mprotect");
	return status;
}

cohort_status mp_spread(struct world *base, const struct call *call,
                        struct node_memory *memory, size_t bytes)
{
	struct node_memory_address address = {0};
	struct call agreement = *call;
	int32_t mapped = 1;

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
	agreement.type = COHORT_INT32;
	agreement.op = COHORT_MIN;
	agreement.count = 1;
	status = base->backend->allreduce(base, &agreement, &mapped, &mapped);
	node_memory_close(memory);
	return status != COHORT_OK || mapped
	           ? status
	           : spread_copies(base, call, memory, bytes);
}
