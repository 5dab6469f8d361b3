/*
 * Ctrl-C in a call of the library. Python's own handler of SIGINT only notes
 * the signal, and Python raises KeyboardInterrupt when its code runs again; but
 * a rank may wait for ever. So calls of Python's main thread have a handler of
 * their own around them, which calls Python's and then cohort_interrupt.
 */
#ifndef COHORT_INTERRUPTS_H
#define COHORT_INTERRUPTS_H

#include "cohort.h"

#include <stdbool.h>

/** Set the thread that Python runs signal handlers in: its main thread. */
void interrupts_set_thread(unsigned long thread);

/**
 * SIGINT interrupts `group` from now on, until interrupts_end. Calls may be
 * nested, as in a task that uses the library itself.
 *
 *   before  receives what interrupts_end needs
 *
 * Does nothing in other threads, and if Python does not handle SIGINT.
 */
void interrupts_begin(cohort *group, cohort **before);
void interrupts_end(cohort *before);

#endif
