#define _DEFAULT_SOURCE /* on_exit */
#include "exits.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

PyObject *exits_now(PyObject *module, PyObject *args)
{
	int status;

	(void)module;
	if (!PyArg_ParseTuple(args, "i", &status))
		return NULL;
	Py_Exit(status);
	Py_RETURN_NONE;
}

/* A line of the protocol PMI-1. */
static void abort_job(int status, void *descriptor)
{
	if (status)
		dprintf((int)(intptr_t)descriptor, "cmd=abort exitcode=%d\n",
		        status);
}

PyObject *exits_abort_job_on_failure(PyObject *module, PyObject *args)
{
	int descriptor;

	(void)module;
	if (!PyArg_ParseTuple(args, "i", &descriptor))
		return NULL;
	on_exit(abort_job, (void *)(intptr_t)descriptor);
	Py_RETURN_NONE;
}
