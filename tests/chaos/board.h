/* A file that all processes of a sweep map: they tell the killer who they are and
 * how far the sweep is. */
#ifndef CHAOS_BOARD_H
#define CHAOS_BOARD_H

#include <stdatomic.h>
#include <sys/types.h>

enum { RANKS_MOST = 16 };

struct board {
	_Atomic int begun; /* number of tasks begun in this run */
	_Atomic int over;  /* 1 when rank 0 has ended the sweep */
	struct {
		_Atomic pid_t pid;
		_Atomic pid_t child; /* the process that runs its tasks */
	} ranks[RANKS_MOST];
};

#endif
