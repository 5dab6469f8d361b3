/* The collective calls, as methods of Group. */
#ifndef COHORT_COLLECTIVES_H
#define COHORT_COLLECTIVES_H

#include "python.h"

PyObject *collective_barrier(PyObject *group, PyObject *none);
PyObject *collective_bcast_pieces(PyObject *group, PyObject *args);
PyObject *collective_allgather_pieces(PyObject *group, PyObject *args);
PyObject *collective_gather_sizes(PyObject *group, PyObject *args);
PyObject *collective_gather_bytes(PyObject *group, PyObject *args);
PyObject *collective_bcast_array(PyObject *group, PyObject *args);
PyObject *collective_allreduce(PyObject *group, PyObject *args);
PyObject *collective_sum(PyObject *group, PyObject *args);

#define COLLECTIVE_METHODS                                                   \
	{"barrier", collective_barrier, METH_NOARGS,                         \
	 "Wait until every rank has made this call. Collective."},           \
	    {"_bcast_pieces", collective_bcast_pieces, METH_VARARGS, NULL},  \
	    {"_allgather_pieces", collective_allgather_pieces, METH_VARARGS, \
	     NULL},                                                          \
	    {"_gather_sizes", collective_gather_sizes, METH_VARARGS, NULL},  \
	    {"_gather_bytes", collective_gather_bytes, METH_VARARGS, NULL},  \
	    {"_bcast_array", collective_bcast_array, METH_VARARGS, NULL},    \
	    {"_allreduce", collective_allreduce, METH_VARARGS, NULL},        \
	{                                                                    \
		"_sum", collective_sum, METH_VARARGS, NULL                   \
	}

#endif
