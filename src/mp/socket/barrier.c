/* Barrier: the call check is one.
 * Cost: two small messages for each peer. */
#include "call_check.h"
#include "socket_collectives.h"

cohort_status socket_barrier(struct world *base, const struct call *call)
{
	struct wait wait = mp_group_wait(base, call);

	return call_check(&wait, NULL);
}
