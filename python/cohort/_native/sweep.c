#include "sweep.h"

#include "errors.h"
#include "halt.h"
#include "interrupts.h"
#include "parts.h"
#include "payload.h"
#include "result_tuple.h"
#include "task.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

/* Around functions of the program. */
static void enter_program(struct sweep *sweep)
{
	call_enter_python(&sweep->call);
	sweep->held = interrupts_allow();
	sweep->process = getpid();
}

/* A function of the program has returned `value`, or raised an exception. It
 * may have forked: the new process does not come back into the sweep. */
static void end_strays(const struct sweep *sweep, PyObject *value)
{
	PyObject *error;

	if (getpid() == sweep->process)
		return;
	error = value ? reference_to(Py_None) : fetch_exception();
	PyObject_CallFunctionObjArgs(parts.end_stray, error, NULL);
	_exit(EXIT_FAILURE);
}

static void leave_program(struct sweep *sweep)
{
	interrupts_forbid(sweep->held);
	call_leave_python(&sweep->call);
}

/* The first exception that ends the sweep on this rank counts. */
static void note_raised(struct sweep *sweep, PyObject *error)
{
	if (!sweep->raised)
		sweep->raised = reference_to(error);
}

/* KeyboardInterrupt of a task or of build: the sweep is stopped, and all ranks
 * are told why. If it is Ctrl-C, the handler of the signal has interrupted the
 * group, too. */
static void halt(struct sweep *sweep, PyObject *error)
{
	halt_tell(sweep->halt, sweep->number, error);
	if (!sweep->call.in_child)
		note_raised(sweep, error);
	const cohort_status status = cohort_stop(sweep->group);
	(void)status; /* without a stop the task has failed */
}

/* Ctrl-C in on_result: the sweep ends, on all ranks. */
static void interrupt(struct sweep *sweep, PyObject *error)
{
	note_raised(sweep, error);
	cohort_interrupt(sweep->group);
}

void sweep_tell(const char *what, PyObject *error)
{
	PyObject *result = PyObject_CallFunction(parts.tell, "sO", what, error);

	if (!result)
		PyErr_WriteUnraisable(parts.tell);
	Py_XDECREF(result);
}

static int build(void *arg, void **out)
{
	struct sweep *sweep = arg;
	int status = 0;

	*out = sweep;
	if (!sweep->build)
		return 0;
	enter_program(sweep);
	sweep->state = PyObject_CallNoArgs(sweep->build);
	end_strays(sweep, sweep->state);
	if (!sweep->state) {
		PyObject *error = fetch_exception();

		if (PyErr_GivenExceptionMatches(error, PyExc_KeyboardInterrupt))
			halt(sweep, error);
		else
			sweep->build_error = reference_to(error);
		Py_DECREF(error);
		status = -1;
	}
	leave_program(sweep);
	return status;
}

static void teardown(void *state)
{
	struct sweep *sweep = state;
	PyObject *result;

	enter_program(sweep);
	if (sweep->teardown) {
		result = PyObject_CallFunctionObjArgs(
		    sweep->teardown, sweep->state ? sweep->state : Py_None,
		    NULL);
		end_strays(sweep, result);
		if (!result) {
			PyObject *error = fetch_exception();

			sweep_tell("teardown failed on this worker", error);
			Py_DECREF(error);
		}
		Py_XDECREF(result);
	}
	Py_CLEAR(sweep->state);
	leave_program(sweep);
}

/* A task's parameter: a new reference. */
static PyObject *param_of(const struct sweep *sweep, cohort_task *task)
{
	PyObject *bytes, *param;

	if (sweep->params) {
		/* The index is that of one sweep; there is no journal. */
		const size_t index = cohort_task_position(task);

		param = PyList_GetItem(sweep->params, (Py_ssize_t)index);
		return reference_to(param);
	}
	bytes = PyMemoryView_FromMemory(
	    (char *)(uintptr_t)cohort_task_param(task),
	    (Py_ssize_t)cohort_task_param_bytes(task), PyBUF_READ);
	param = bytes ? PyObject_CallFunctionObjArgs(parts.loads, bytes, NULL)
	              : NULL;
	Py_XDECREF(bytes);
	return param;
}

static PyObject *run(const struct sweep *sweep, cohort_task *task)
{
	PyObject *param = param_of(sweep, task);
	PyObject *value = NULL;

	if (param && sweep->build)
		value = PyObject_CallFunctionObjArgs(sweep->function,
		                                     sweep->state, param, NULL);
	else if (param)
		value =
		    PyObject_CallFunctionObjArgs(sweep->function, param, NULL);
	Py_XDECREF(param);
	return value;
}

/* A chunk has run; some of its parameters may have failed. */
static bool finish_chunk(cohort_task *task, PyObject *pair, int *status)
{
	PyObject *sentence = PyTuple_GetItem(pair, 0);
	PyObject *values = sentence ? PyTuple_GetItem(pair, 1) : NULL;
	const char *text;

	if (!values || !payload_write(task, values))
		return false;
	if (sentence == Py_None)
		return true;
	text = PyUnicode_AsUTF8AndSize(sentence, NULL);
	if (!text)
		return false;
	*status = cohort_task_fail_text(task, text);
	return true;
}

/* A value of a chunk cannot be pickled: the others can. */
static bool finish_rest(const struct sweep *sweep, cohort_task *task,
                        PyObject *pair, int *status)
{
	PyObject *values, *rest;
	bool ok;

	if (PyErr_ExceptionMatches(PyExc_KeyboardInterrupt) ||
	    PyErr_ExceptionMatches(PyExc_MemoryError))
		return false;
	PyErr_Clear();
	values = PyTuple_GetItem(pair, 1);
	rest = values ? PyObject_CallMethod(sweep->function,
	                                    "without_unpicklable", "O", values)
	              : NULL;
	ok = rest && finish_chunk(task, rest, status);
	Py_XDECREF(rest);
	return ok;
}

/* A sentence about a value that payload_write cannot write; None, if that is
 * for want of memory. */
static PyObject *unpicklable(cohort_task *task, PyObject *error)
{
	if (PyErr_GivenExceptionMatches(error, PyExc_MemoryError))
		return reference_to(Py_None);
	return PyUnicode_FromFormat(
	    "task %zu returned a value that cannot be pickled",
	    cohort_task_position(task));
}

/* The exception that is set becomes the task's, or is about its value. */
static int fail(struct sweep *sweep, cohort_task *task, bool has_value)
{
	PyObject *error = fetch_exception();
	PyObject *what, *pair, *sentence, *kept;
	const char *text;

	if (PyErr_GivenExceptionMatches(error, PyExc_KeyboardInterrupt)) {
		halt(sweep, error);
		Py_DECREF(error);
		return cohort_task_abandon(task);
	}
	what = has_value ? unpicklable(task, error) : reference_to(Py_None);
	pair = PyObject_CallFunctionObjArgs(parts.describe, error, what, NULL);
	if (pair && PyArg_ParseTuple(pair, "OO", &sentence, &kept) &&
	    (text = PyUnicode_AsUTF8AndSize(sentence, NULL)) &&
	    payload_write(task, kept))
		cohort_task_fail_text(task, text);
	else
		cohort_task_fail_text(task, "an exception that cannot be told");
	PyErr_Clear();
	Py_XDECREF(what);
	Py_XDECREF(pair);
	Py_XDECREF(error);
	return -1;
}

static int execute(cohort_task *task)
{
	struct sweep *sweep = cohort_task_state(task);
	PyObject *value;
	int status = 0;
	bool ok;

	enter_program(sweep);
	task_begin(task);
	value = run(sweep, task);
	end_strays(sweep, value);
	if (!value)
		ok = false;
	else if (sweep->in_chunks)
		ok = finish_chunk(task, value, &status) ||
		     finish_rest(sweep, task, value, &status);
	else
		ok = payload_write(task, value);
	if (!ok)
		status = fail(sweep, task, value != NULL);
	Py_XDECREF(value);
	task_end();
	if (sweep->call.in_child)
		parts_call(parts.flush);
	leave_program(sweep);
	return status;
}

static int on_result(void *arg, const cohort_result *result)
{
	struct sweep *sweep = arg;
	PyObject *tuple, *answer = NULL;

	enter_program(sweep);
	tuple = result_tuple(result);
	if (tuple)
		answer =
		    PyObject_CallFunctionObjArgs(sweep->on_result, tuple, NULL);
	if (!answer) {
		PyObject *error = fetch_exception();

		if (PyErr_GivenExceptionMatches(error, PyExc_KeyboardInterrupt))
			interrupt(sweep, error);
		else
			note_raised(sweep, error);
		Py_DECREF(error);
	}
	const bool goes_on = answer != NULL;
	Py_XDECREF(answer);
	Py_XDECREF(tuple);
	leave_program(sweep);
	return goes_on ? 0 : -1;
}

void sweep_set_job(struct sweep *sweep, cohort_job *job)
{
	job->build = build;
	job->execute = execute;
	job->teardown = teardown;
	job->arg = sweep;
	if (sweep->on_result)
		job->on_result = on_result;
}

void sweep_clear(struct sweep *sweep)
{
	Py_CLEAR(sweep->state);
	Py_CLEAR(sweep->raised);
	Py_CLEAR(sweep->build_error);
}
