/* Processes that Python code forks and looks after itself. */
#ifndef COHORT_PROCESSES_H
#define COHORT_PROCESSES_H

#include "python.h"

PyObject *process_fork(PyObject *module, PyObject *none);
PyObject *process_die_with_parent(PyObject *module, PyObject *none);
PyObject *process_rename(PyObject *module, PyObject *name);
PyObject *process_limit_threads(PyObject *module, PyObject *share);

#define PROCESS_FUNCTIONS                                                    \
	{"fork", process_fork, METH_NOARGS, NULL},                           \
	    {"die_with_parent", process_die_with_parent, METH_NOARGS, NULL}, \
	    {"rename_process", process_rename, METH_O, NULL},                \
	{                                                                    \
		"limit_threads", process_limit_threads, METH_O, NULL         \
	}

#endif
