/*
 * The end of an object, with SIGINT held. An exception that a method __del__ of
 * Python raises is printed and lost, and so would be KeyboardInterrupt. Here it
 * is raised behind the end, in the code that has let the object go.
 */
#ifndef COHORT_FINALIZERS_H
#define COHORT_FINALIZERS_H

#include "python.h"

/** `set_finalizer(type)`: the method __del__ of the class calls `_end`, as
 * `held` does. */
PyObject *finalizers_set(PyObject *module, PyObject *type);

#endif
