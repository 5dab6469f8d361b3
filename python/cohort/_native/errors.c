#include "errors.h"

#include "parts.h"

#include <string.h>

PyObject *error_as_text(const char *sentence)
{
	return PyUnicode_DecodeUTF8(sentence, (Py_ssize_t)strlen(sentence),
	                            "surrogateescape");
}

PyObject *error_raise_text(cohort_status status, const char *sentence)
{
	PyObject *text = error_as_text(sentence);
	PyObject *error = NULL;

	if (text)
		error = PyObject_CallFunction(parts.make_error, "iO",
		                              (int)status, text);
	if (error)
		PyErr_SetObject((PyObject *)Py_TYPE(error), error);
	Py_XDECREF(error);
	Py_XDECREF(text);
	return NULL;
}

PyObject *error_raise(cohort_status status)
{
	return error_raise_text(status, cohort_error());
}
