/* A list of Python buffers as the pieces of one object. */
#ifndef COHORT_PIECES_H
#define COHORT_PIECES_H

#include "python.h"

#include "cohort.h"

#include <stdbool.h>

struct pieces {
	Py_buffer *buffers;
	cohort_blob *blobs; /* where the buffers are, for the library */
	size_t count;
};

/** Take the buffers of `list`. Returns false, with an exception, if that cannot
 * be; nothing is held then. */
bool pieces_take(struct pieces *pieces, PyObject *list);

void pieces_release(struct pieces *pieces);

#endif
