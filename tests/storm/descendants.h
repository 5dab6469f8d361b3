/* The processes of a run. The attacker is a subreaper: a process of the run that
 * loses its parent becomes the attacker's child. */
#ifndef STORM_DESCENDANTS_H
#define STORM_DESCENDANTS_H

#include <stdbool.h>
#include <sys/types.h>

/* Become the attacker. No process of a run writes a core file: it would be dead
 * for the others only when the file is written. */
void descendants_adopt(void);

/* Wait until all processes of the run have ended. False if some of them have not
 * after `seconds`. */
bool descendants_reap(double seconds);

/* Wait until the process `pid` of the run has ended, and store its status as of
 * waitpid. False if it has not after `seconds`. */
bool descendants_await(pid_t pid, double seconds, int *status);

/* Kill the attacker's children. */
void descendants_kill(void);

/* Child number n of a process, counted from 1; 0 if there are fewer. */
pid_t descendants_child(pid_t pid, int n);

#endif
