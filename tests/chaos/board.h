/* What a sweep's processes tell the one who kills them: a file that all map. */
#ifndef CHAOS_BOARD_H
#define CHAOS_BOARD_H

#include <stdatomic.h>
#include <sys/types.h>

enum { RANKS_MOST = 16 };

struct board {
	_Atomic int begun; /* tasks, of this run */
	_Atomic int over;  /* the sweep is, on rank 0 */
	struct {
		_Atomic pid_t pid;
		_Atomic pid_t child; /* who runs its tasks */
	} ranks[RANKS_MOST];
};

#endif
