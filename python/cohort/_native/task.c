#include "task.h"

#include "errors.h"

#include "common/sweep/seed.h"

#include <stdbool.h>

/* Sweeps in tasks of sweeps. Deeper ones are forgotten, which cohort.task()
 * says as if there was none. */
enum { DEEPEST = 16 };

/* What a call of an executor has asked for. */
enum { ASKED_INDEX = 1, ASKED_SEED = 2 };

/* What a thread is in: a task of a sweep, a call of an executor, or, if
 * `is_call` is false and there is no task, a worker between its calls. */
struct level {
	cohort_task *task;
	bool is_call;
	uint64_t number; /* of the call */
	uint64_t seed;   /* of the executor */
	int attempt;
	int asked;
};

static _Thread_local struct level levels[DEEPEST];
static _Thread_local int depth;

static void begin(struct level level)
{
	if (depth < DEEPEST)
		levels[depth] = level;
	depth++;
}

void task_begin(cohort_task *task)
{
	begin((struct level){.task = task});
}

void task_end(void)
{
	depth--;
}

static struct level *current(void)
{
	struct level *level = depth > 0 ? &levels[depth - 1] : NULL;

	if (level && depth <= DEEPEST && (level->task || level->is_call))
		return level;
	error_raise_text(
	    COHORT_ESTATE,
	    "cohort.task() is for functions that a sweep or an executor "
	    "calls, in the thread that it calls them in");
	return NULL;
}

PyObject *task_index(PyObject *module, PyObject *none)
{
	struct level *level = current();

	(void)module, (void)none;
	if (!level)
		return NULL;
	level->asked |= ASKED_INDEX;
	return level->is_call
	           ? PyLong_FromUnsignedLongLong(level->number)
	           : PyLong_FromSize_t(cohort_task_index(level->task));
}

PyObject *task_position(PyObject *module, PyObject *none)
{
	const struct level *level = current();

	(void)module, (void)none;
	if (!level)
		return NULL;
	return level->is_call
	           ? PyLong_FromUnsignedLongLong(level->number)
	           : PyLong_FromSize_t(cohort_task_position(level->task));
}

PyObject *task_seed(PyObject *module, PyObject *none)
{
	struct level *level = current();

	(void)module, (void)none;
	if (!level)
		return NULL;
	level->asked |= ASKED_INDEX | ASKED_SEED;
	return PyLong_FromUnsignedLongLong(
	    level->is_call ? seed_of_task(level->seed, level->number)
	                   : cohort_task_seed(level->task));
}

PyObject *task_attempt(PyObject *module, PyObject *none)
{
	const struct level *level = current();

	(void)module, (void)none;
	if (!level)
		return NULL;
	return PyLong_FromLong(
	    level->is_call ? level->attempt : cohort_task_attempt(level->task));
}

/* task_depth(): how many sweeps this thread is in a task of. */
PyObject *task_depth(PyObject *module, PyObject *none)
{
	(void)module, (void)none;
	return PyLong_FromLong(depth);
}

/* enter_worker(): from now on what this thread runs counts as tasks, of which
 * cohort.task() knows the calls of an executor. */
PyObject *task_enter_worker(PyObject *module, PyObject *none)
{
	(void)module, (void)none;
	task_begin(NULL);
	Py_RETURN_NONE;
}

/* enter_call(number, seed, attempt): a call of an executor begins. */
PyObject *task_enter_call(PyObject *module, PyObject *args)
{
	unsigned long long number, seed;
	int attempt;

	(void)module;
	if (!PyArg_ParseTuple(args, "KKi", &number, &seed, &attempt))
		return NULL;
	begin((struct level){.is_call = true,
	                     .number = number,
	                     .seed = seed,
	                     .attempt = attempt});
	Py_RETURN_NONE;
}

/* next_in_call(): what follows is the next one of the calls that were
 * submitted as one. */
PyObject *task_next_in_call(PyObject *module, PyObject *none)
{
	(void)module, (void)none;
	if (depth > 0 && depth <= DEEPEST)
		levels[depth - 1].number++;
	Py_RETURN_NONE;
}

/* leave_call(): the call has ended. Returns what it has asked for, as numbers
 * that are added: 1, its index; 2, its seed. */
PyObject *task_leave_call(PyObject *module, PyObject *none)
{
	(void)module, (void)none;
	depth--;
	return PyLong_FromLong(depth < DEEPEST ? levels[depth].asked
	                                       : ASKED_INDEX | ASKED_SEED);
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
