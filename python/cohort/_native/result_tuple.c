#include "result_tuple.h"

#include "errors.h"
#include "payload.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The value of a result. `problem` receives a reference to its sentence or, if
 * the value cannot be read, to the exception; NULL: it has neither. */
static PyObject *value_of(const cohort_result *result, PyObject **problem)
{
	PyObject *value = payload_read(result->data, result->bytes);

	*problem = NULL;
	if (!value) {
		*problem = fetch_exception();
		return reference_to(Py_None);
	}
	if (result->status != COHORT_OK)
		*problem = error_as_text(result->error);
	return value;
}

PyObject *result_tuple(const cohort_result *result)
{
	PyObject *problem;
	PyObject *value = value_of(result, &problem);

	return Py_BuildValue("(niNNiid)", (Py_ssize_t)result->index,
	                     (int)result->status,
	                     problem ? problem : reference_to(Py_None), value,
	                     result->rank, result->attempts, result->seconds);
}

static bool add_problem(PyObject *problems, size_t position, PyObject *problem)
{
	PyObject *index = PyLong_FromSize_t(position);
	const bool ok = index && !PyDict_SetItem(problems, index, problem);

	Py_XDECREF(index);
	Py_DECREF(problem);
	return ok;
}

static bool add_values(const cohort_result *all, size_t count, PyObject *values,
                       PyObject *problems)
{
	for (size_t i = 0; i < count; i++) {
		PyObject *problem;
		PyObject *value = value_of(&all[i], &problem);

		if (PyList_SetItem(values, (Py_ssize_t)i, value) ||
		    (problem && !add_problem(problems, i, problem)))
			return false;
	}
	return true;
}

enum column { STATUS, RANK, ATTEMPTS, SECONDS, COLUMNS };

static PyObject *column_of(const cohort_result *all, size_t count,
                           enum column column)
{
	const size_t bytes =
	    count * (column == SECONDS ? sizeof(double) : sizeof(int32_t));
	PyObject *object = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)bytes);
	char *at = object ? PyBytes_AsString(object) : NULL;

	for (size_t i = 0; at && i < count; i++) {
		const int32_t numbers[] = {
		    [STATUS] = (int32_t)all[i].status,
		    [RANK] = (int32_t)all[i].rank,
		    [ATTEMPTS] = (int32_t)all[i].attempts,
		};

		if (column == SECONDS)
			memcpy(at + i * sizeof(double), &all[i].seconds,
			       sizeof(double));
		else
			memcpy(at + i * sizeof(int32_t), &numbers[column],
			       sizeof(int32_t));
	}
	return object;
}

PyObject *result_arrays(const cohort_results *results)
{
	size_t count;
	const cohort_result *all = cohort_results_all(results, &count);
	PyObject *values = PyList_New((Py_ssize_t)count);
	PyObject *problems = values ? PyDict_New() : NULL;

	if (!problems || !add_values(all, count, values, problems)) {
		Py_XDECREF(values);
		Py_XDECREF(problems);
		return NULL;
	}
	return Py_BuildValue(
	    "(NNNNNN)", values, problems, column_of(all, count, STATUS),
	    column_of(all, count, RANK), column_of(all, count, ATTEMPTS),
	    column_of(all, count, SECONDS));
}
