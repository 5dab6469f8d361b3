/* Allgather: every rank sends its part to rank 0, which sends each rank the
 * parts of all others.
 * Cost: p - 1 messages of a part, p - 1 of all parts but one. */
#include "call_check.h"
#include "channel.h"
#include "socket_collectives.h"

#include <string.h>

/* Where a rank's part lies in the receive buffer. */
struct part {
	unsigned char *start;
	size_t bytes;
	size_t after; /* bytes of the parts behind it */
};

static struct part find_part(void *recv, const size_t counts[], size_t width,
                             int size, int rank)
{
	struct part part = {.start = recv};

	for (int r = 0; r < size; r++) {
		if (r < rank)
			part.start += counts[r] * width;
		else if (r == rank)
			part.bytes = counts[r] * width;
		else
			part.after += counts[r] * width;
	}
	return part;
}

static cohort_status exchange_as_rank0(struct wait *wait, void *recv,
                                       const size_t counts[], size_t width)
{
	const int size = wait->world->size;
	unsigned char *all = recv;
	cohort_status status = COHORT_OK;

	for (int r = 1; r < size && status == COHORT_OK; r++) {
		const struct part p = find_part(recv, counts, width, size, r);
		status = channel_recv(wait, r, p.start, p.bytes);
	}
	for (int r = 1; r < size && status == COHORT_OK; r++) {
		const struct part p = find_part(recv, counts, width, size, r);
		status = channel_send(wait, r, all, (size_t)(p.start - all));
		if (status == COHORT_OK)
			status =
			    channel_send(wait, r, p.start + p.bytes, p.after);
	}
	return status;
}

static cohort_status exchange_as_peer(struct wait *wait, const struct part *own,
                                      void *recv)
{
	unsigned char *all = recv;
	cohort_status status = channel_send(wait, 0, own->start, own->bytes);

	if (status == COHORT_OK)
		status = channel_recv(wait, 0, all, (size_t)(own->start - all));
	if (status == COHORT_OK)
		status =
		    channel_recv(wait, 0, own->start + own->bytes, own->after);
	return status;
}

cohort_status socket_allgatherv(struct world *base, const struct call *call,
                                const void *send, void *recv,
                                const size_t counts[], size_t width)
{
	struct wait wait = mp_group_wait(base, call);
	cohort_status status =
	    call_check(&wait, base->rank == 0 ? counts : NULL);

	if (status != COHORT_OK || !recv)
		return status;
	const struct part own =
	    find_part(recv, counts, width, base->size, base->rank);
	if (own.bytes > 0 && send != own.start)
		memcpy(own.start, send, own.bytes);
	return base->rank == 0 ? exchange_as_rank0(&wait, recv, counts, width)
	                       : exchange_as_peer(&wait, &own, recv);
}
