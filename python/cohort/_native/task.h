/* The task that this thread runs, for cohort.task(). */
#ifndef COHORT_TASK_H
#define COHORT_TASK_H

#include "python.h"

#include "cohort.h"

/** Note which task begins, and that it ends. A task may run another sweep. */
void task_begin(cohort_task *task);
void task_end(void);

/* Functions of the module; without a task they raise StateError. */
PyObject *task_index(PyObject *module, PyObject *none);
PyObject *task_position(PyObject *module, PyObject *none);
PyObject *task_seed(PyObject *module, PyObject *none);
PyObject *task_attempt(PyObject *module, PyObject *none);
PyObject *task_depth(PyObject *module, PyObject *none);
PyObject *task_enter_worker(PyObject *module, PyObject *none);
PyObject *task_enter_call(PyObject *module, PyObject *args);
PyObject *task_next_in_call(PyObject *module, PyObject *none);
PyObject *task_leave_call(PyObject *module, PyObject *none);
PyObject *task_seed_at(PyObject *module, PyObject *args);

#define TASK_FUNCTIONS                                              \
	{"task_index", task_index, METH_NOARGS, NULL},              \
	    {"task_position", task_position, METH_NOARGS, NULL},    \
	    {"task_seed", task_seed, METH_NOARGS, NULL},            \
	    {"task_attempt", task_attempt, METH_NOARGS, NULL},      \
	    {"task_depth", task_depth, METH_NOARGS, NULL},          \
	    {"enter_worker", task_enter_worker, METH_NOARGS, NULL}, \
	    {"enter_call", task_enter_call, METH_VARARGS, NULL},    \
	    {"next_in_call", task_next_in_call, METH_NOARGS, NULL}, \
	    {"leave_call", task_leave_call, METH_NOARGS, NULL},     \
	{                                                           \
		"task_seed_at", task_seed_at, METH_VARARGS, NULL    \
	}

#endif
