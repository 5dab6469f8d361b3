#include "task.h"

#include "errors.h"

#include "common/sweep/seed.h"

/* Sweeps in tasks of sweeps. Deeper ones are forgotten, which cohort.task()
 * says as if there was none. */
enum { DEEPEST = 16 };

static _Thread_local cohort_task *tasks[DEEPEST];
static _Thread_local int depth;

void task_begin(cohort_task *task)
{
	if (depth < DEEPEST)
		tasks[depth] = task;
	depth++;
}

void task_end(void)
{
	depth--;
}

static cohort_task *current(void)
{
	if (depth > 0 && depth <= DEEPEST && tasks[depth - 1])
		return tasks[depth - 1];
	error_raise_text(
	    COHORT_ESTATE,
	    "cohort.task() is for functions that a sweep calls, in "
	    "the thread that it calls them in");
	return NULL;
}

PyObject *task_index(PyObject *module, PyObject *none)
{
	cohort_task *task = current();

	(void)module, (void)none;
	return task ? PyLong_FromSize_t(cohort_task_index(task)) : NULL;
}

PyObject *task_position(PyObject *module, PyObject *none)
{
	cohort_task *task = current();

	(void)module, (void)none;
	return task ? PyLong_FromSize_t(cohort_task_position(task)) : NULL;
}

PyObject *task_seed(PyObject *module, PyObject *none)
{
	cohort_task *task = current();

	(void)module, (void)none;
	return task ? PyLong_FromUnsignedLongLong(cohort_task_seed(task))
	            : NULL;
}

PyObject *task_attempt(PyObject *module, PyObject *none)
{
	cohort_task *task = current();

	(void)module, (void)none;
	return task ? PyLong_FromLong(cohort_task_attempt(task)) : NULL;
}

/* task_depth(): how many sweeps this thread is in a task of. */
PyObject *task_depth(PyObject *module, PyObject *none)
{
	(void)module, (void)none;
	return PyLong_FromLong(depth);
}

/* enter_worker(): from now on what this thread runs counts as tasks, which
 * cohort.task() knows nothing about: calls of an executor. */
PyObject *task_enter_worker(PyObject *module, PyObject *none)
{
	(void)module, (void)none;
	task_begin(NULL);
	Py_RETURN_NONE;
}

/* task_seed_at(seed, index): the seed that task `index` has in a sweep with
 * `seed`. */
PyObject *task_seed_at(PyObject *module, PyObject *args)
{
	unsigned long long seed, index;

	(void)module;
	if (!PyArg_ParseTuple(args, "KK", &seed, &index))
		return NULL;
	return PyLong_FromUnsignedLongLong(seed_of_task(seed, index));
}
