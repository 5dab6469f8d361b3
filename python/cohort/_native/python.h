/* Python's header. The extension keeps to the stable interface of Python 3.11,
 * the first one with buffers, so that one binary serves all later versions. On
 * 3.9 and 3.10 it is compiled for that version alone. */
#ifndef COHORT_PYTHON_H
#define COHORT_PYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/** A new reference to `object`, which may be NULL. */
static inline PyObject *reference_to(PyObject *object)
{
	Py_XINCREF(object);
	return object;
}

/** The exception that is set, with its traceback; the caller owns it. None is
 * set then. */
static inline PyObject *fetch_exception(void)
{
	PyObject *type, *value, *trace;

	PyErr_Fetch(&type, &value, &trace);
	PyErr_NormalizeException(&type, &value, &trace);
	if (trace)
		PyException_SetTraceback(value, trace);
	Py_XDECREF(type);
	Py_XDECREF(trace);
	return value;
}

#endif
