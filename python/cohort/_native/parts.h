/* The functions of the Python package that the extension calls. The package
 * gives them to `set_parts` when it is imported. */
#ifndef COHORT_PARTS_H
#define COHORT_PARTS_H

#include "python.h"

struct parts {
	PyObject *make_error;   /* (status, sentence): an exception */
	PyObject *before_fork;  /* (): in the process that forks */
	PyObject *in_parent;    /* (): there, after the fork */
	PyObject *in_new_rank;  /* (): in a rank that has just been forked */
	PyObject *in_new_child; /* (): in a child that runs isolated tasks */
	PyObject *flush;        /* (): write out what was printed */
	PyObject *leave;        /* (): in a rank that leaves */
	PyObject *describe;  /* (exception): (sentence, what is kept of it) */
	PyObject *tell;      /* (what has happened, exception): print it */
	PyObject *end_stray; /* (exception or None): end this process */
	PyObject *dumps;     /* pickle.dumps */
	PyObject *loads;     /* pickle.loads */
};

extern struct parts parts;

/** `set_parts(make_error, ...)`: one argument for each field, in its order. */
PyObject *parts_set(PyObject *module, PyObject *args);

/** Call a function of the package without arguments. An exception that it
 * raises is reported, and goes no further. */
void parts_call(PyObject *function);

#endif
