/*
 * What a process does now and then while it waits, beside what it waits for:
 * the Python package runs Python's handlers of signals. Waits call it before
 * they sleep, at least every 100 ms.
 */
#ifndef COHORT_COMMON_BASE_WAIT_HOOK_H
#define COHORT_COMMON_BASE_WAIT_HOOK_H

/* Set the hook, in a process that has no other threads in the library. It may
 * be called in any thread, and may call cohort_interrupt. */
void wait_hook_set(void (*hook)(void));

/* Call the hook, if there is one. */
void wait_hook_call(void);

#endif
