/* Results of the library as Python's objects. */
#ifndef COHORT_RESULT_TUPLE_H
#define COHORT_RESULT_TUPLE_H

#include "python.h"

#include "cohort.h"

/** (index, status, problem, value, rank, attempts, seconds); NULL with an
 * exception. `problem` is None, the sentence of a task that has failed, or the
 * exception that says why its value cannot be read. */
PyObject *result_tuple(const cohort_result *result);

/**
 * All results of a sweep: (values, problems, status, rank, attempts, seconds).
 *
 *   values    the list of all values; None where the task has none
 *   problems  a dict by index, as for result_tuple
 *   the rest  arrays of int32 (seconds: double) as bytes, in the order of the
 *             parameter sets
 */
PyObject *result_arrays(const cohort_results *results);

#endif
