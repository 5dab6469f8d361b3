#include "parts.h"

struct parts parts;

PyObject *parts_set(PyObject *module, PyObject *args)
{
	struct parts given;

	(void)module;
	if (!PyArg_ParseTuple(
	        args, "OOOOOOOOOOOO", &given.make_error, &given.before_fork,
	        &given.in_parent, &given.in_new_rank, &given.in_new_child,
	        &given.flush, &given.leave, &given.describe, &given.tell,
	        &given.end_stray, &given.dumps, &given.loads))
		return NULL;
	/* The package lives as long as the process: nothing is released. */
	Py_INCREF(args);
	parts = given;
	Py_RETURN_NONE;
}

void parts_call(PyObject *function)
{
	PyObject *result = function ? PyObject_CallNoArgs(function) : NULL;

	if (!result && PyErr_Occurred())
		PyErr_WriteUnraisable(function);
	Py_XDECREF(result);
}
