/* How the program ends. */
#ifndef COHORT_EXITS_H
#define COHORT_EXITS_H

#include "python.h"

/** `exit(status)`: end the program without a return to the frames that are
 * there, and otherwise as Python does at its end: it calls exit handlers, those
 * of Python and then those of C. */
PyObject *exits_now(PyObject *module, PyObject *args);

/** `abort_job_on_failure(descriptor)`: if the program's exit status is not 0,
 * tell Hydra, the launcher at the other end of the descriptor, to end the job
 * with this status. Called at the end of the program. */
PyObject *exits_abort_job_on_failure(PyObject *module, PyObject *args);

#define EXIT_FUNCTIONS                                              \
	{"exit", exits_now, METH_VARARGS, NULL},                    \
	{                                                           \
		"abort_job_on_failure", exits_abort_job_on_failure, \
		    METH_VARARGS, NULL                              \
	}

#endif
