/* The case `ended` of stop_ranks.c. */
#ifndef FAULT_STOP_ENDED_H
#define FAULT_STOP_ENDED_H

/* A sweep with isolated tasks and a journal, whose processes the script ends; run
 * again, when there is a file "go", it has to complete. Returns the signal that
 * has stopped it, or 0. */
int case_ended(void);

#endif
