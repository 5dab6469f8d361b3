/* Python's header. The extension keeps to the stable interface of Python 3.11,
 * the first one with buffers, so that one binary serves all later versions. On
 * 3.9 and 3.10 it is compiled for that version alone. */
#ifndef COHORT_PYTHON_H
#define COHORT_PYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#endif
