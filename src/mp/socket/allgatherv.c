/* Allgather: everybody sends to rank 0, which sends everybody the parts of all
 * the others.
 * Cost: p - 1 messages of a part, p - 1 of all parts but one. */
#include "call_check.h"
#include "channel.h"
#include "socket_collectives.h"

#include <string.h>

/* A part's place among all of them. */
struct place {
	unsigned char *start;
	size_t bytes;
	size_t after; /* bytes of the parts behind it */
};

static struct place find_place(void *recv, const size_t counts[], size_t width,
                               int size, int rank)
{
	struct place place = {.start = recv};

	for (int r = 0; r < size; r++) {
		if (r < rank)
			place.start += counts[r] * width;
		else if (r == rank)
			place.bytes = counts[r] * width;
		else
			place.after += counts[r] * width;
	}
	return place;
}

static cohort_status lead(struct wait *wait, void *recv, const size_t counts[],
                          size_t width)
{
	const int size = wait->world->size;
	unsigned char *all = recv;
	cohort_status status = COHORT_OK;

	for (int r = 1; r < size && status == COHORT_OK; r++) {
		const struct place p = find_place(recv, counts, width, size, r);
		status = channel_recv(wait, r, p.start, p.bytes);
	}
	for (int r = 1; r < size && status == COHORT_OK; r++) {
		const struct place p = find_place(recv, counts, width, size, r);
		status = channel_send(wait, r, all, (size_t)(p.start - all));
		if (status == COHORT_OK)
			status =
			    channel_send(wait, r, p.start + p.bytes, p.after);
	}
	return status;
}

static cohort_status follow(struct wait *wait, const struct place *own,
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
	cohort_status status = agree(&wait, base->rank == 0 ? counts : NULL);

	if (status != COHORT_OK || !recv)
		return status;
	const struct place own =
	    find_place(recv, counts, width, base->size, base->rank);
	if (own.bytes > 0 && send != own.start)
		memcpy(own.start, send, own.bytes);
	return base->rank == 0 ? lead(&wait, recv, counts, width)
	                       : follow(&wait, &own, recv);
}
