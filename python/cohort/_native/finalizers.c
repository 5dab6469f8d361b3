#include "finalizers.h"

#include "interrupts.h"

/* No frame of Python is here: the signal is made up for behind this call. */
static PyObject *end(PyObject *object, PyObject *none)
{
	PyObject *method = PyObject_GetAttrString(object, "_end");
	PyObject *words = method ? PyTuple_Pack(1, method) : NULL;
	PyObject *result = words ? interrupts_held(NULL, words) : NULL;

	(void)none;
	Py_XDECREF(words);
	Py_XDECREF(method);
	return result;
}

static PyMethodDef finalizer = {"__del__", end, METH_NOARGS, NULL};

PyObject *finalizers_set(PyObject *module, PyObject *type)
{
	PyObject *method = PyDescr_NewMethod((PyTypeObject *)type, &finalizer);
	const int failed =
	    !method || PyObject_SetAttrString(type, finalizer.ml_name, method);

	(void)module;
	Py_XDECREF(method);
	if (failed)
		return NULL;
	Py_RETURN_NONE;
}
