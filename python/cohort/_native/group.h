/* The type Group: a group of ranks. */
#ifndef COHORT_GROUP_H
#define COHORT_GROUP_H

#include "python.h"

#include "cohort.h"

#include <stdint.h>

struct halt;

/** Make the type; returns -1 with an exception if that fails. */
int group_add_type(PyObject *module);

/** The library's group of a Group; NULL, with StateError, if it is closed. */
cohort *group_of(PyObject *object);

/** As group_of, for a caller that closes the group: the Group is closed from
 * now on. NULL, without an exception, if it was closed before. */
cohort *group_take(PyObject *object);

/** A sweep of the group begins. Returns where it is noted that a task has
 * halted it, for as long as the Group lives; `out_number` receives the sweep's
 * number. */
struct halt *group_begin_sweep(PyObject *object, uint64_t *out_number);

#endif
