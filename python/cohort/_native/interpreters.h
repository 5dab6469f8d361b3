/*
 * Interpreters of Python beside the main one. Groups, the task that runs and
 * the signal handler belong to the process. A fork of Python keeps the main
 * interpreter only; in all versions up to 3.13 it hangs or aborts if there are
 * others.
 */
#ifndef COHORT_INTERPRETERS_H
#define COHORT_INTERPRETERS_H

#include "python.h"

#include <stdbool.h>

/** Whether this is the main interpreter. If it is not, ImportError is set. */
bool interpreters_check_main(void);

/** `interpreters()`: how many interpreters the process has. */
PyObject *interpreters_count(PyObject *module, PyObject *none);

#endif
