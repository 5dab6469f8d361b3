#include "element.h"

#include <string.h>

/* The type of elements with this code of the module struct. */
static bool find_type(const char *format, Py_ssize_t bytes, cohort_type *out)
{
	static const cohort_type whole[][2] = {
	    {COHORT_INT8, COHORT_UINT8},
	    {COHORT_INT16, COHORT_UINT16},
	    {COHORT_INT32, COHORT_UINT32},
	    {COHORT_INT64, COHORT_UINT64},
	};
	int row = 0;

	if (format[0] == '@' || format[0] == '=' || format[0] == '<')
		format++;
	if (strlen(format) != 1)
		return false;
	if (format[0] == 'f' || format[0] == 'd') {
		*out = format[0] == 'f' ? COHORT_FLOAT : COHORT_DOUBLE;
		return true;
	}
	while (row < 4 && bytes != (Py_ssize_t)1 << row)
		row++;
	if (row == 4)
		return false;
	if (strchr("bhilqn", format[0]))
		*out = whole[row][0];
	else if (strchr("?cBHILQN", format[0]))
		*out = whole[row][1];
	else
		return false;
	return true;
}

bool elements_take(struct elements *elements, PyObject *object, bool writable)
{
	Py_buffer *buffer = &elements->buffer;
	const char *format;
	int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT;

	if (writable)
		flags |= PyBUF_WRITABLE;
	if (PyObject_GetBuffer(object, buffer, flags))
		return false;
	format = buffer->format ? buffer->format : "B";
	if (find_type(format, buffer->itemsize, &elements->type)) {
		elements->count = (size_t)(buffer->len / buffer->itemsize);
		return true;
	}
	PyErr_Format(
	    PyExc_TypeError,
	    "elements of the format '%s' are none that ranks exchange: "
	    "these are integers of 1 to 8 bytes, float and double, in "
	    "the machine's own byte order",
	    format);
	PyBuffer_Release(buffer);
	return false;
}

void elements_release(struct elements *elements)
{
	PyBuffer_Release(&elements->buffer);
}
