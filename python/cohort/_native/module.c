/* cohort._native: what the package cohort needs in C. */
#include "blob.h"
#include "call_journal.h"
#include "calls.h"
#include "errors.h"
#include "exits.h"
#include "finalizers.h"
#include "group.h"
#include "handlers.h"
#include "interpreters.h"
#include "interrupts.h"
#include "parts.h"
#include "processes.h"
#include "task.h"

#include "cohort.h"

/* set_main_thread(ident) */
static PyObject *set_main_thread(PyObject *module, PyObject *thread)
{
	const unsigned long ident = PyLong_AsUnsignedLong(thread);

	(void)module;
	if (PyErr_Occurred())
		return NULL;
	interrupts_set_thread(ident);
	handlers_watch();
	Py_RETURN_NONE;
}

/* predict(backend, size): (status, sentence, backend or None, ranks) of a group
 * that would be opened now. */
static PyObject *predict(PyObject *module, PyObject *args)
{
	cohort_options options = {0};
	cohort_prediction *prediction;
	cohort_status status;
	PyObject *answer;

	(void)module;
	if (!PyArg_ParseTuple(args, "zi", &options.backend, &options.size))
		return NULL;
	status = cohort_predict(&options, &prediction);
	if (status != COHORT_OK)
		return error_raise(status);
	answer = Py_BuildValue("(iNzi)", (int)prediction->status,
	                       error_as_text(prediction->error),
	                       prediction->backend, prediction->ranks);
	cohort_prediction_free(prediction);
	return answer;
}

/* launcher(): the launcher of MPI jobs that started this process; or None. */
static PyObject *launcher(PyObject *module, PyObject *none)
{
	cohort_prediction *prediction;
	cohort_status status = cohort_predict(NULL, &prediction);
	PyObject *name;

	(void)module, (void)none;
	if (status != COHORT_OK)
		return error_raise(status);
	name = Py_BuildValue("z", prediction->launcher);
	cohort_prediction_free(prediction);
	return name;
}

/* keep(object): it lives as long as the process. */
static PyObject *keep(PyObject *module, PyObject *object)
{
	(void)module;
	Py_INCREF(object);
	Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    EXIT_FUNCTIONS,
    {"digest", call_journal_digest, METH_O, NULL},
    {"keep", keep, METH_O, NULL},
    {"interpreters", interpreters_count, METH_NOARGS, NULL},
    {"launcher", launcher, METH_NOARGS, NULL},
    {"predict", predict, METH_VARARGS, NULL},
    {"held", interrupts_held, METH_VARARGS, NULL},
    {"is_noted", interrupts_noted, METH_NOARGS, NULL},
    {"set_finalizer", finalizers_set, METH_O, NULL},
    {"set_main_thread", set_main_thread, METH_O, NULL},
    TASK_FUNCTIONS,
    PROCESS_FUNCTIONS,
    {"set_parts", parts_set, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "cohort._native",
    .m_size = 0, /* each interpreter asks PyInit__native, which refuses it */
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
	PyObject *module = NULL;

	if (interpreters_check_main())
		module = PyModule_Create(&definition);
	if (!module)
		return NULL;
	if (!blob_add_type(module) && !group_add_type(module) &&
	    !calls_add_type(module) && !call_journal_add_type(module) &&
	    !add_statuses(module) &&
	    !PyModule_AddStringConstant(module, "version", cohort_version()))
		return module;
	Py_DECREF(module);
	return NULL;
}
