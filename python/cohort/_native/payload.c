/*
 * A form is a byte, followed at offset 8 by
 *
 *	NONE, TRUE, FALSE  nothing
 *	WHOLE, REAL        the number
 *	BYTES, TEXT        the bytes; those of UTF-8
 *	PICKLE             the pickle
 *	BUFFERS            the number of buffers, the bytes of the pickle, and
 *	                   the bytes of each buffer, all as 64 bits; then the
 *	                   pickle and the buffers, each at a multiple of 16
 */
#include "payload.h"

#include "parts.h"

#include <stdint.h>
#include <string.h>

enum form { NONE, TRUE_, FALSE_, WHOLE, REAL, BYTES, TEXT, PICKLE, BUFFERS };

enum { HEAD = 8, ALIGNMENT = 16 };

static size_t padded(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static unsigned char *begin(cohort_task *task, enum form form, size_t bytes)
{
	unsigned char *data = cohort_task_result(task, HEAD + bytes);

	if (data)
		data[0] = (unsigned char)form;
	else
		PyErr_NoMemory();
	return data ? data + HEAD : NULL;
}

static bool write_bytes(cohort_task *task, enum form form, const void *bytes,
                        size_t count)
{
	unsigned char *data = begin(task, form, count);

	if (data && count)
		memcpy(data, bytes, count);
	return data != NULL;
}

/* The pickle of `value`; `buffers` receives a list of PickleBuffers. */
static PyObject *pickle(PyObject *value, PyObject *buffers)
{
	PyObject *append = PyObject_GetAttrString(buffers, "append");
	PyObject *args = append ? Py_BuildValue("(Oi)", value, 5) : NULL;
	PyObject *words =
	    args ? Py_BuildValue("{sO}", "buffer_callback", append) : NULL;
	PyObject *bytes =
	    words ? PyObject_Call(parts.dumps, args, words) : NULL;

	Py_XDECREF(append);
	Py_XDECREF(args);
	Py_XDECREF(words);
	return bytes;
}

/* The sizes of a result with buffers; `views` receives their memory. */
static size_t measure(PyObject *buffers, Py_buffer *views, size_t *taken,
                      size_t pickle_bytes)
{
	const Py_ssize_t count = PyList_Size(buffers);
	size_t bytes = padded(HEAD + (2 + (size_t)count) * sizeof(uint64_t)) +
	               padded(pickle_bytes);

	for (Py_ssize_t i = 0; i < count; i++) {
		PyObject *raw = PyObject_CallMethod(PyList_GetItem(buffers, i),
		                                    "raw", NULL);
		const int failed =
		    !raw || PyObject_GetBuffer(raw, &views[i], PyBUF_SIMPLE);

		Py_XDECREF(raw);
		if (failed)
			return 0;
		++*taken;
		bytes += padded((size_t)views[i].len);
	}
	return bytes;
}

static void fill(unsigned char *data, const void *bytes, size_t pickle_bytes,
                 const Py_buffer *views, size_t count)
{
	uint64_t *sizes = (uint64_t *)(void *)(data + HEAD);
	unsigned char *at =
	    data + padded(HEAD + (2 + count) * sizeof(uint64_t));

	data[0] = BUFFERS;
	sizes[0] = count;
	sizes[1] = pickle_bytes;
	memcpy(at, bytes, pickle_bytes);
	at += padded(pickle_bytes);
	for (size_t i = 0; i < count; i++) {
		sizes[2 + i] = (uint64_t)views[i].len;
		if (views[i].len)
			memcpy(at, views[i].buf, (size_t)views[i].len);
		at += padded((size_t)views[i].len);
	}
}

static bool write_buffers(cohort_task *task, const char *bytes, size_t count,
                          PyObject *buffers)
{
	Py_buffer *views =
	    PyMem_Calloc((size_t)PyList_Size(buffers), sizeof(*views));
	size_t taken = 0;
	unsigned char *data = NULL;

	if (!views) {
		PyErr_NoMemory();
		return false;
	}
	const size_t total = measure(buffers, views, &taken, count);
	if (total) {
		data = cohort_task_result(task, total);
		if (data)
			fill(data, bytes, count, views, taken);
		else
			PyErr_NoMemory();
	}
	for (size_t i = 0; i < taken; i++)
		PyBuffer_Release(&views[i]);
	PyMem_Free(views);
	return data != NULL;
}

static bool write_pickle(cohort_task *task, PyObject *value)
{
	PyObject *buffers = PyList_New(0);
	PyObject *bytes = buffers ? pickle(value, buffers) : NULL;
	Py_ssize_t count;
	char *text;
	bool ok = false;

	if (bytes && !PyBytes_AsStringAndSize(bytes, &text, &count))
		ok = PyList_Size(buffers)
		         ? write_buffers(task, text, (size_t)count, buffers)
		         : write_bytes(task, PICKLE, text, (size_t)count);
	Py_XDECREF(bytes);
	Py_XDECREF(buffers);
	return ok;
}

static bool write_whole(cohort_task *task, PyObject *value)
{
	int overflow;
	const int64_t number = PyLong_AsLongLongAndOverflow(value, &overflow);

	return overflow ? write_pickle(task, value)
	                : write_bytes(task, WHOLE, &number, sizeof(number));
}

static bool write_text(cohort_task *task, PyObject *value)
{
	Py_ssize_t count;
	const char *text = PyUnicode_AsUTF8AndSize(value, &count);

	if (text)
		return write_bytes(task, TEXT, text, (size_t)count);
	PyErr_Clear(); /* surrogates */
	return write_pickle(task, value);
}

bool payload_write(cohort_task *task, PyObject *value)
{
	if (value == Py_None)
		return begin(task, NONE, 0) != NULL;
	if (value == Py_True || value == Py_False)
		return begin(task, value == Py_True ? TRUE_ : FALSE_, 0) !=
		       NULL;
	if (PyFloat_CheckExact(value)) {
		const double number = PyFloat_AsDouble(value);

		return write_bytes(task, REAL, &number, sizeof(number));
	}
	if (PyLong_CheckExact(value))
		return write_whole(task, value);
	if (PyUnicode_CheckExact(value))
		return write_text(task, value);
	if (PyBytes_CheckExact(value))
		return write_bytes(task, BYTES, PyBytes_AsString(value),
		                   (size_t)PyBytes_Size(value));
	return write_pickle(task, value);
}

/* The value of the pickle at `data`; `buffers` is NULL, or the list of its
 * buffers. */
static PyObject *unpickle(const void *data, size_t bytes, PyObject *buffers)
{
	PyObject *memory = PyMemoryView_FromMemory(
	    (char *)(uintptr_t)data, (Py_ssize_t)bytes, PyBUF_READ);
	PyObject *args = memory ? Py_BuildValue("(O)", memory) : NULL;
	PyObject *words = NULL;
	PyObject *value = NULL;

	if (args && buffers)
		words = Py_BuildValue("{sO}", "buffers", buffers);
	if (args && (words || !buffers))
		value = PyObject_Call(parts.loads, args, words);
	Py_XDECREF(memory);
	Py_XDECREF(args);
	Py_XDECREF(words);
	return value;
}

static PyObject *read_buffers(const unsigned char *data)
{
	const uint64_t *sizes = (const uint64_t *)(const void *)(data + HEAD);
	const size_t count = (size_t)sizes[0];
	const unsigned char *first =
	    data + padded(HEAD + (2 + count) * sizeof(uint64_t));
	const unsigned char *at = first + padded((size_t)sizes[1]);
	PyObject *buffers = PyList_New((Py_ssize_t)count);
	PyObject *value = NULL;

	for (size_t i = 0; buffers && i < count; i++) {
		PyObject *one = PyByteArray_FromStringAndSize(
		    (const char *)at, (Py_ssize_t)sizes[2 + i]);

		if (!one || PyList_SetItem(buffers, (Py_ssize_t)i, one))
			Py_CLEAR(buffers);
		at += padded((size_t)sizes[2 + i]);
	}
	if (buffers)
		value = unpickle(first, (size_t)sizes[1], buffers);
	Py_XDECREF(buffers);
	return value;
}

static PyObject *read_number(enum form form, const void *data)
{
	int64_t whole;
	double real;

	memcpy(&whole, data, sizeof(whole));
	memcpy(&real, data, sizeof(real));
	return form == WHOLE ? PyLong_FromLongLong(whole)
	                     : PyFloat_FromDouble(real);
}

PyObject *payload_read(const void *data, size_t bytes)
{
	const unsigned char *form = data;
	const char *rest = data ? (const char *)data + HEAD : NULL;

	if (!bytes)
		Py_RETURN_NONE;
	switch ((enum form)form[0]) {
	case NONE:
		Py_RETURN_NONE;
	case TRUE_:
		Py_RETURN_TRUE;
	case FALSE_:
		Py_RETURN_FALSE;
	case WHOLE:
	case REAL:
		return read_number((enum form)form[0], rest);
	case BYTES:
		return PyBytes_FromStringAndSize(rest,
		                                 (Py_ssize_t)bytes - HEAD);
	case TEXT:
		return PyUnicode_FromStringAndSize(rest,
		                                   (Py_ssize_t)bytes - HEAD);
	case PICKLE:
		return unpickle(rest, bytes - HEAD, NULL);
	case BUFFERS:
		return read_buffers(form);
	}
	PyErr_SetString(PyExc_ValueError,
	                "a result that no version of this package has written");
	return NULL;
}
