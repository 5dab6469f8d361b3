#include "stream_ring.h"

#include "tuning.h"

static struct tuning_ring ring_for(const struct rendezvous *rdv, size_t bytes,
                                   enum stream_owners owners)
{
	const struct tuning *tuning = tuning_for(rdv->plane);

	if (owners == STREAM_OF_ALL)
		return tuning->all;
	return bytes > tuning->one.round ? tuning->one_long : tuning->one;
}

struct stream stream_cut(const struct rendezvous *rdv, size_t bytes,
                         enum stream_owners owners, uint64_t first)
{
	const struct tuning_ring ring = ring_for(rdv, bytes, owners);

	return (struct stream){
	    .bytes = bytes,
	    .slice = ring.slice,
	    .turns = ring.round / ring.slice,
	    .count = bytes / ring.slice + (bytes % ring.slice != 0),
	    .first = first,
	};
}
