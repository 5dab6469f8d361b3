/*
 * Python values as results of tasks. A few types have forms of their own,
 * because a pickle takes half a microsecond; all others are pickled, with large
 * buffers beside the pickle (protocol 5), which are copied once on either side.
 */
#ifndef COHORT_PAYLOAD_H
#define COHORT_PAYLOAD_H

#include "python.h"

#include "cohort.h"

#include <stdbool.h>

/**
 * Make `value` the result of `task`. Returns false with an exception, that of
 * the pickler or MemoryError, if that cannot be.
 */
bool payload_write(cohort_task *task, PyObject *value);

/** The value of a result: a new reference, or NULL with an exception. None for
 * a result without bytes. */
PyObject *payload_read(const void *data, size_t bytes);

#endif
