/* pthread_cancel. A thread that ended in the middle of a call would leave its
 * peers waiting, and MPI with its locks taken. So calls that reach functions at
 * which threads are cancelled put it off until their end. */
#ifndef COHORT_COMMON_BASE_CANCELLATION_H
#define COHORT_COMMON_BASE_CANCELLATION_H

#include <pthread.h>

/* Returns what cancellation_allow takes back. */
static inline int cancellation_forbid(void)
{
	int state = PTHREAD_CANCEL_ENABLE;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	return state;
}

static inline void cancellation_allow(int state)
{
	int forbidden;

	pthread_setcancelstate(state, &forbidden);
}

#endif
