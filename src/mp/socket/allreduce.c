/* Allreduce: rank 0 receives the contributions in rank order, combines each
 * with its result so far, a piece at a time, and sends the result to every
 * rank. So the operator is applied from the left, ((x0 op x1) op x2) and so on,
 * and all ranks get the same bits.
 * Cost: 2 (p - 1) messages of n bytes. */
#include "call_check.h"
#include "channel.h"
#include "common/base/op.h"
#include "common/base/type.h"
#include "socket_collectives.h"

#include <string.h>

enum { PIECE_BYTES = 64 * 1024 };

static cohort_status combine_from(struct wait *wait, int r, void *recv)
{
	const cohort_type type = (cohort_type)wait->call->type;
	const size_t width = type_size(type);
	const size_t most = PIECE_BYTES / width;
	size_t left = (size_t)wait->call->count;
	unsigned char *to = recv;
	unsigned char piece[PIECE_BYTES];

	while (left > 0) {
		const size_t n = left < most ? left : most;
		cohort_status status = channel_recv(wait, r, piece, n * width);
		if (status != COHORT_OK)
			return status;
		op_combine((cohort_op)wait->call->op, type, to, to, piece, n);
		to += n * width;
		left -= n;
	}
	return COHORT_OK;
}

static cohort_status reduce_as_rank0(struct wait *wait, void *recv,
                                     size_t bytes)
{
	const int size = wait->world->size;
	cohort_status status = COHORT_OK;

	for (int r = 1; r < size && status == COHORT_OK; r++)
		status = combine_from(wait, r, recv);
	for (int r = 1; r < size && status == COHORT_OK; r++)
		status = channel_send(wait, r, recv, bytes);
	return status;
}

cohort_status socket_allreduce(struct world *base, const struct call *call,
                               const void *send, void *recv)
{
	struct wait wait = mp_group_wait(base, call);
	const cohort_type type = (cohort_type)call->type;
	const size_t bytes = (size_t)call->count * type_size(type);
	cohort_status status = call_check(&wait, NULL);

	if (status != COHORT_OK || bytes == 0)
		return status;
	if (base->rank != 0) {
		status = channel_send(&wait, 0, send, bytes);
		return status == COHORT_OK ? channel_recv(&wait, 0, recv, bytes)
		                           : status;
	}
	if (send != recv)
		memcpy(recv, send, bytes);
	if (base->size == 1)
		op_alone((cohort_op)call->op, type, recv, (size_t)call->count);
	return reduce_as_rank0(&wait, recv, bytes);
}
