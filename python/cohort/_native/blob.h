/* Memory that the library has allocated, as an object with a buffer. */
#ifndef COHORT_BLOB_H
#define COHORT_BLOB_H

#include "python.h"

#include <stddef.h>

/** Make the type; returns -1 with an exception if that fails. */
int blob_add_type(PyObject *module);

/**
 * A blob of `bytes` bytes at `data`.
 *
 *   block  released with free when the blob is not used any more; also if this
 *          call fails. NULL if `owner` has the memory
 *   owner  another blob; NULL: none
 *
 * Returns NULL, with an exception, if there is no memory.
 */
PyObject *blob_new(void *block, PyObject *owner, void *data, size_t bytes);

#endif
