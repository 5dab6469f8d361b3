/* How much memory the ranks use. */
#ifndef FAULT_TASKS_MEMORY_USE_H
#define FAULT_TASKS_MEMORY_USE_H

/* KiB that all ranks use together: memory that they share counts once. Less than 0
 * if the kernel does not tell. Collective. */
double memory_of_all(void);

#endif
