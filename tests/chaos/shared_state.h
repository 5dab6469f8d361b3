/* A file that all processes of a sweep map: the killer reads there their ids and
 * how far the sweep is. */
#ifndef CHAOS_SHARED_STATE_H
#define CHAOS_SHARED_STATE_H

#include <stdatomic.h>
#include <sys/types.h>

enum { RANKS_MOST = 16 };

struct shared_state {
	_Atomic int begun; /* number of tasks begun in this run */
	_Atomic int over;  /* 1 when rank 0 has ended the sweep */
	struct {
		_Atomic pid_t pid;
		_Atomic pid_t child; /* the process that runs its tasks */
	} ranks[RANKS_MOST];
};

#endif
