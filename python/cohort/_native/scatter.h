/* The method _scatter of Group: a sweep, and the results that come of it. */
#ifndef COHORT_SCATTER_H
#define COHORT_SCATTER_H

#include "python.h"

PyObject *scatter(PyObject *group, PyObject *args, PyObject *words);

#endif
