/* cohort._native: what the package cohort needs in C. */
#include "blob.h"
#include "group.h"
#include "interrupts.h"
#include "parts.h"

#include "cohort.h"

/* set_main_thread(ident) */
static PyObject *set_main_thread(PyObject *module, PyObject *thread)
{
	const unsigned long ident = PyLong_AsUnsignedLong(thread);

	(void)module;
	if (PyErr_Occurred())
		return NULL;
	interrupts_set_thread(ident);
	Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"set_main_thread", set_main_thread, METH_O, NULL},
    {"set_parts", parts_set, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "cohort._native",
    .m_size = -1,
    .m_methods = functions,
};

static int add_statuses(PyObject *module)
{
	for (int i = 0; i <= COHORT_EINTERRUPTED; i++) {
		const char *name = cohort_status_name((cohort_status)i);

		if (PyModule_AddIntConstant(module, name + sizeof("COHORT"), i))
			return -1;
	}
	return 0;
}

PyMODINIT_FUNC PyInit__native(void);

PyMODINIT_FUNC PyInit__native(void)
{
	PyObject *module = PyModule_Create(&definition);

	if (!module)
		return NULL;
	if (!blob_add_type(module) && !group_add_type(module) &&
	    !add_statuses(module) &&
	    !PyModule_AddStringConstant(module, "version", cohort_version()))
		return module;
	Py_DECREF(module);
	return NULL;
}
