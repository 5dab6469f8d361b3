/*
 * Rank 0 creates the file and broadcasts where it is. Each rank writes its
 * bytes to it, and an allreduce tells all ranks whether each of them has. If
 * one has not, an allgatherv brings all bytes to every rank instead. Cost for n
 * bytes in all: a bcast of 40 bytes and an allreduce of 4; n bytes of memory.
 */
#include "mp_gather_shared.h"

#include "common/base/error.h"
#include "common/base/node_memory.h"

/* Every rank gets a copy of its own. */
static cohort_status gather_copies(struct world *base, const struct call *call,
                                   const void *send, const size_t counts[],
                                   struct node_memory *memory, size_t bytes)
{
	node_memory_free(memory);
	if (!node_memory_create(memory, bytes, NODE_MEMORY_PRIVATE)) {
		base->backend->refuse(base, call);
		return error_sys("cohort_gather: mmap of memory for the "
		                 "results, %zu bytes",
		                 bytes);
	}
	cohort_status status = base->backend->allgatherv(
	    base, call, send, memory->data, counts, 1);
	if (status == COHORT_OK && !node_memory_finish(memory))
		status = error_sys("cohort_gather: mprotect");
	return status;
}

static bool create_or_join(const struct world *base, struct node_memory *memory,
                           const struct node_memory_address *address)
{
	return base->rank == 0 ? address->process != 0
	                       : node_memory_join(memory, address);
}

cohort_status mp_gather_shared(struct world *base, const struct call *call,
                               const void *send, const size_t counts[],
                               struct node_memory *memory, size_t offsets[],
                               cohort_status *lack)
{
	struct node_memory_address address = {0};
	struct call together = *call; /* of the bcast, and of the allreduce */
	size_t bytes = 0;

	(void)lack; /* a rank without memory refuses the call */
	for (int r = 0; r < base->size; r++) {
		offsets[r] = bytes;
		bytes += counts[r];
	}
	if (base->rank == 0 &&
	    node_memory_create(memory, bytes, NODE_MEMORY_SHARED))
		address = node_memory_address(memory);
	together.root = 0;
	together.type = COHORT_INT32;
	together.op = COHORT_MIN;
	together.counts = COUNTS_SAME;
	together.count = 1;
	cohort_status status =
	    base->backend->bcast(base, &together, &address, sizeof(address));
	if (status != COHORT_OK)
		return status;
	int32_t written = create_or_join(base, memory, &address) &&
	                  node_memory_write(memory, offsets[base->rank], send,
	                                    counts[base->rank]);
	status = base->backend->allreduce(base, &together, &written, &written);
	if (status == COHORT_OK && written && base->rank == 0 &&
	    !node_memory_finish(memory))
		status = error_sys("cohort_gather: mmap of %zu bytes", bytes);
	node_memory_close(memory);
	return status != COHORT_OK || written
	           ? status
	           : gather_copies(base, call, send, counts, memory, bytes);
}
