/* Arrays of numbers: Python buffers whose elements the library knows. */
#ifndef COHORT_ELEMENT_H
#define COHORT_ELEMENT_H

#include "python.h"

#include "cohort.h"

#include <stdbool.h>
#include <stddef.h>

struct elements {
	Py_buffer buffer;
	size_t count;
	cohort_type type;
};

/**
 * Take the array of `object`, which lies in one piece in C's order.
 *
 *   writable  whether it is going to be written
 *
 * Returns false, with TypeError, BufferError or ValueError, if it is no such
 * array; nothing is held then. Booleans count as uint8.
 */
bool elements_take(struct elements *elements, PyObject *object, bool writable);

void elements_release(struct elements *elements);

#endif
