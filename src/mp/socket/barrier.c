/* Barrier: the agreement is one.
 * Cost: two small messages for each peer. */
#include "agree.h"
#include "socket.h"

cohort_status socket_barrier(struct world *base, const struct call *call)
{
	struct wait wait = group_wait(base, call);

	return agree(&wait, NULL);
}
