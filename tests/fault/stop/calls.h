/* The case `calls` of stop_ranks.c. */
#ifndef FAULT_STOP_CALLS_H
#define FAULT_STOP_CALLS_H

/* The program's handlers, with two groups at a time and one after another.
 * Closes the group and returns the signal. */
int case_calls(void);

#endif
