/* A sweep on this rank: what the library calls for workers and tasks. */
#ifndef COHORT_SWEEP_H
#define COHORT_SWEEP_H

#include "python.h"

#include "call.h"
#include "cohort.h"

#include <stdbool.h>
#include <sys/types.h>

/* All references are borrowed, from who makes the call, but for `state`,
 * `raised` and `build_error`. */
struct sweep {
	struct call call;
	cohort *group;
	struct halt *halt;
	uint64_t number;    /* of the sweep in its group */
	PyObject *function; /* (param), or (state, param) if there is build */
	PyObject *params;   /* the list of parameters; NULL: they are pickled */
	PyObject *build;    /* (): the state; NULL: none */
	PyObject *teardown; /* (state); NULL: none */
	PyObject *on_result; /* (tuple of result_tuple); NULL: none */
	bool in_chunks;      /* `function` returns (sentence or None, value) */

	bool held;     /* see interrupts_allow */
	pid_t process; /* that has called the function of the program */

	PyObject *state;
	PyObject *raised;      /* what has ended the sweep on this rank */
	PyObject *build_error; /* what build has raised here */
};

/** Set the functions of a job that runs `sweep`. */
void sweep_set_job(struct sweep *sweep, cohort_job *job);

/** Print an exception that goes no further. */
void sweep_tell(const char *what, PyObject *error);

/** Release what the sweep holds. */
void sweep_clear(struct sweep *sweep);

#endif
