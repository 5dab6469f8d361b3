/* Subclasses in Python add what needs no C. */
#include "group.h"

#include "call.h"
#include "collectives.h"
#include "errors.h"
#include "halt.h"
#include "handlers.h"
#include "hooks.h"
#include "interrupts.h"
#include "scatter.h"

#include <stdbool.h>

struct group {
	PyObject_HEAD cohort *group; /* NULL: closed */
	bool scoped;
	struct halt *halt;
	uint64_t sweeps; /* how many have begun */
};

cohort *group_of(PyObject *object)
{
	cohort *group = ((struct group *)object)->group;

	if (!group)
		error_raise_text(COHORT_ESTATE, "the group is closed");
	return group;
}

struct halt *group_begin_sweep(PyObject *object, uint64_t *out_number)
{
	struct group *self = (struct group *)object;

	*out_number = ++self->sweeps;
	return self->halt;
}

static cohort *open_group(PyObject *args, bool *out_scoped)
{
	const char *backend = NULL;
	unsigned long long comm = 0;
	int scoped = 1;
	cohort_options options = {0};
	cohort *group = NULL;
	struct call call;

	if (!PyArg_ParseTuple(args, "zidKp", &backend, &options.size,
	                      &options.timeout, &comm, &scoped))
		return NULL;
	options.backend = backend;
	options.mpi_comm = (const void *)(uintptr_t)comm;
	options.scoped = scoped != 0;
	*out_scoped = options.scoped;
	hooks_set(&options);
	call_begin(&call, NULL);
	call.starts_ranks = true;
	return call_end(&call, cohort_open(&options, &group)) ? group : NULL;
}

static PyObject *new_group(PyTypeObject *type, PyObject *args, PyObject *words)
{
	allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	PyObject *object = allocate(type, 0);

	(void)words;
	if (!object)
		return NULL;
	struct group *self = (struct group *)object;
	self->halt = halt_new();
	if (self->halt)
		self->group = open_group(args, &self->scoped);
	if (self->group)
		return object;
	Py_DECREF(object);
	return NULL;
}

static void give_up(cohort *group)
{
	struct call call;

	cohort_interrupt(group);
	call_begin(&call, group);
	cohort_close(group);
	call_finish(&call);
	if (handlers_raise(&call))
		PyErr_WriteUnraisable(NULL);
}

/* The root gives a scoped group up, so that it may open another one. Any other
 * group stays open: the close is collective, and cannot be made wherever a
 * rank's memory is collected. */
static void deallocate(PyObject *object)
{
	const bool scoped = ((struct group *)object)->scoped;
	cohort *group = group_take(object);
	PyTypeObject *type = Py_TYPE(object);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	if (group && scoped && cohort_rank(group) == 0)
		give_up(group);
	halt_free(((struct group *)object)->halt);
	release(object);
	Py_DECREF(type);
}

cohort *group_take(PyObject *object)
{
	struct group *self = (struct group *)object;
	cohort *group = self->group;

	self->group = NULL;
	return group;
}

static PyObject *enter_block(PyObject *object, PyObject *none)
{
	(void)none;
	return reference_to(object);
}

/* Ctrl-C must not end the end of a block before it has begun. */
static PyObject *leave_block(PyObject *object, PyObject *args)
{
	PyObject *method = PyObject_GetAttrString(object, "_leave_block");
	PyObject *error = method ? PySequence_GetItem(args, 1) : NULL;
	PyObject *words = error ? PyTuple_Pack(2, method, error) : NULL;
	PyObject *result = words ? interrupts_held(NULL, words) : NULL;

	Py_XDECREF(words);
	Py_XDECREF(error);
	Py_XDECREF(method);
	return result;
}

static PyObject *close_group(PyObject *object, PyObject *none)
{
	cohort *group = group_take(object);
	struct call call;

	(void)none;
	if (!group)
		Py_RETURN_NONE;
	call_begin(&call, group);
	if (!call_end(&call, cohort_close(group)))
		return NULL;
	Py_RETURN_NONE;
}

static PyObject *interrupt(PyObject *object, PyObject *none)
{
	(void)none;
	cohort_interrupt(((struct group *)object)->group);
	Py_RETURN_NONE;
}

/* _abort(exit_code): end all ranks, and this process. */
static PyObject *abort_group(PyObject *object, PyObject *args)
{
	cohort *group = group_of(object);
	int exit_code;

	if (!group || !PyArg_ParseTuple(args, "i", &exit_code))
		return NULL;
	cohort_abort(group, exit_code);
}

/* _halted(): the note of the last sweep's halt, or None; the group may be
 * closed. */
static PyObject *halted(PyObject *object, PyObject *none)
{
	const struct group *self = (struct group *)object;

	(void)none;
	return halt_text(self->halt, self->sweeps);
}

static PyObject *stop(PyObject *object, PyObject *none)
{
	cohort *group = group_of(object);
	cohort_status status;

	(void)none;
	if (!group)
		return NULL;
	status = cohort_stop(group);
	if (status != COHORT_OK)
		return error_raise(status);
	Py_RETURN_NONE;
}

static PyObject *progress(PyObject *object, PyObject *none)
{
	cohort *group = group_of(object);
	cohort_counts counts;
	cohort_status status;

	(void)none;
	if (!group)
		return NULL;
	status = cohort_progress(group, &counts);
	if (status != COHORT_OK)
		return error_raise(status);
	return Py_BuildValue(
	    "(nnnnd)", (Py_ssize_t)counts.total, (Py_ssize_t)counts.resumed,
	    (Py_ssize_t)counts.done, (Py_ssize_t)counts.failed, counts.seconds);
}

#define NUMBER_GETTER(name)                                                  \
	static PyObject *get_##name(PyObject *object, void *closure)         \
	{                                                                    \
		cohort *group = group_of(object);                            \
                                                                             \
		(void)closure;                                               \
		return group ? PyLong_FromLong(cohort_##name(group)) : NULL; \
	}
NUMBER_GETTER(rank)
NUMBER_GETTER(size)
NUMBER_GETTER(local_rank)
NUMBER_GETTER(local_size)

static PyObject *get_is_root(PyObject *object, void *closure)
{
	cohort *group = group_of(object);

	(void)closure;
	return group ? PyBool_FromLong(cohort_is_root(group)) : NULL;
}

static PyObject *get_backend(PyObject *object, void *closure)
{
	cohort *group = group_of(object);

	(void)closure;
	return group ? PyUnicode_FromString(cohort_backend(group)) : NULL;
}

static PyObject *get_closed(PyObject *object, void *closure)
{
	(void)closure;
	return PyBool_FromLong(!((struct group *)object)->group);
}

static PyGetSetDef attributes[] = {
    {"rank", get_rank, NULL, "This process's rank, from 0.", NULL},
    {"size", get_size, NULL, "The number of ranks.", NULL},
    {"local_rank", get_local_rank, NULL,
     "This process's number among the ranks on its machine, from 0.", NULL},
    {"local_size", get_local_size, NULL,
     "The number of the group's ranks on this machine.", NULL},
    {"is_root", get_is_root, NULL, "Whether this is rank 0.", NULL},
    {"backend", get_backend, NULL, "'serial', 'mp' or 'mpi'.", NULL},
    {"closed", get_closed, NULL, "Whether the group is closed.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef methods[] = {
    {"_abort", abort_group, METH_VARARGS, NULL},
    {"__enter__", enter_block, METH_NOARGS, NULL},
    {"__exit__", leave_block, METH_VARARGS, NULL},
    {"_close", close_group, METH_NOARGS, NULL},
    {"interrupt", interrupt, METH_NOARGS,
     "End the call that this rank is in: it raises cohort.Interrupted, and "
     "the\n"
     "group is broken. Any thread may call this."},
    {"stop", stop, METH_NOARGS,
     "Stop the sweep that is under way: no rank begins another task. Tasks "
     "and\n"
     "other threads may call this."},
    {"_halted", halted, METH_NOARGS, NULL},
    {"_progress", progress, METH_NOARGS, NULL},
    {"_scatter", (PyCFunction)(void (*)(void))scatter,
     METH_VARARGS | METH_KEYWORDS, NULL},
    COLLECTIVE_METHODS,
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, (void *)new_group},
    {Py_tp_dealloc, (void *)deallocate},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "cohort._native.Group",
    .basicsize = sizeof(struct group),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

int group_add_type(PyObject *module)
{
	PyObject *type = PyType_FromSpec(&spec);

	return type ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
}
