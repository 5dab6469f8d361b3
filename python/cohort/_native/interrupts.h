/*
 * Ctrl-C in a call of the library. Python's own handler of SIGINT only notes
 * the signal, and Python raises KeyboardInterrupt when its code runs again; but
 * a rank may wait for ever. So calls of Python's main thread have a handler of
 * their own around them, which calls Python's and then cohort_interrupt.
 *
 * KeyboardInterrupt may come out of any line of Python code. Code that opens
 * and closes groups must not lose one by that, so it runs in `held`: meanwhile
 * the handler does not call Python's, but notes the signal. The call that the
 * signal has ended, or else the end of `held`, makes it up. Functions of the
 * program, such as tasks, get their KeyboardInterrupt at once nevertheless.
 */
#ifndef COHORT_INTERRUPTS_H
#define COHORT_INTERRUPTS_H

#include "python.h"

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

/** The group of the innermost call of the main thread; NULL: none, or another
 * thread asks. */
cohort *interrupts_group(void);

/** `held(function, *args)`: function(*args), with SIGINT held. */
PyObject *interrupts_held(PyObject *module, PyObject *args);

/** `is_noted()`: whether SIGINT has come that is held. */
PyObject *interrupts_noted(PyObject *module, PyObject *none);

/**
 * A function of the program begins, which SIGINT interrupts at once, and ends.
 * interrupts_allow returns what interrupts_forbid needs.
 */
bool interrupts_allow(void);
void interrupts_forbid(bool before);

/** Whether Python's handler of a signal that has come has raised an exception.
 */
bool interrupts_raise(void);

/** In a new process: what its parent has noted is the parent's. */
void interrupts_forget(void);

#endif
