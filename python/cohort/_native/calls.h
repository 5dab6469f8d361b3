/* The type CallQueue: calls of an executor; see call_queue.h. */
#ifndef COHORT_CALLS_H
#define COHORT_CALLS_H

#include "python.h"

int calls_add_type(PyObject *module);

#endif
