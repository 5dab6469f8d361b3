#include "calls.h"

#include "call_queue.h"
#include "errors.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct calls {
	PyObject_HEAD struct call_queue queue;
};

static struct call_queue *queue_of(PyObject *object)
{
	return &((struct calls *)object)->queue;
}

static PyObject *raise_system(int number)
{
	errno = number;
	return PyErr_SetFromErrno(PyExc_OSError);
}

/* CallQueue(capacity) */
static PyObject *new_calls(PyTypeObject *type, PyObject *args, PyObject *words)
{
	allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	unsigned int capacity;
	PyObject *object;
	int status;

	(void)words;
	if (!PyArg_ParseTuple(args, "I", &capacity))
		return NULL;
	if (capacity < 1 || capacity > CALLS_MOST)
		return raise_system(EINVAL);
	object = allocate(type, 0);
	if (!object)
		return NULL;
	call_queue_clear(queue_of(object));
	status = call_queue_create(queue_of(object), capacity);
	if (!status)
		return object;
	Py_DECREF(object);
	return raise_system(status);
}

static void deallocate(PyObject *object)
{
	PyTypeObject *type = Py_TYPE(object);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	call_queue_destroy(queue_of(object));
	release(object);
	Py_DECREF(type);
}

/* While many bytes are copied, other threads run. The package sees to it that
 * none of them uses the queue meanwhile. */
static PyThreadState *let_others_run(size_t bytes)
{
	return bytes > 1 << 16 ? PyEval_SaveThread() : NULL;
}

static void go_on(PyThreadState *thread)
{
	if (thread)
		PyEval_RestoreThread(thread);
}

static bool key_of(PyObject *number, call_key *out)
{
	*out = PyLong_AsUnsignedLongLong(number);
	return !PyErr_Occurred();
}

/* reserve(): a key for another call; None: there are too many. */
static PyObject *reserve(PyObject *object, PyObject *none)
{
	call_key key;

	(void)none;
	if (!call_queue_reserve(queue_of(object), &key))
		Py_RETURN_NONE;
	return PyLong_FromUnsignedLongLong(key);
}

/* append(key, number, attempt, data): raises OSError, and the key is free. */
static PyObject *append(PyObject *object, PyObject *args)
{
	unsigned long long key, number;
	struct call_head head;
	unsigned int attempt;
	const char *data;
	Py_ssize_t bytes;
	int status;

	if (!PyArg_ParseTuple(args, "KKIy#", &key, &number, &attempt, &data,
	                      &bytes))
		return NULL;
	head = (struct call_head){.number = number, .attempt = attempt};
	PyThreadState *thread = let_others_run((size_t)bytes);
	status = call_queue_append(queue_of(object), key, &head, data,
	                           (size_t)bytes);
	go_on(thread);
	if (status)
		return raise_system(status);
	Py_RETURN_NONE;
}

/* cancel(key): whether no worker has taken the call, nor will. */
static PyObject *cancel(PyObject *object, PyObject *number)
{
	call_key key;

	if (!key_of(number, &key))
		return NULL;
	return PyBool_FromLong(call_queue_cancel(queue_of(object), key));
}

/* is_queued(key): whether no worker has taken the call. */
static PyObject *is_queued(PyObject *object, PyObject *number)
{
	call_key key;

	if (!key_of(number, &key))
		return NULL;
	return PyBool_FromLong(call_queue_state(queue_of(object), key) ==
	                       CALL_QUEUED);
}

/* worker(key): the number of the worker that has taken the call; 0: none. */
static PyObject *worker(PyObject *object, PyObject *number)
{
	call_key key;

	if (!key_of(number, &key))
		return NULL;
	return PyLong_FromUnsignedLong(
	    call_queue_worker(queue_of(object), key));
}

/* seconds(key): since a worker has taken the call, or that the call took. */
static PyObject *seconds(PyObject *object, PyObject *number)
{
	call_key key;

	if (!key_of(number, &key))
		return NULL;
	return PyFloat_FromDouble(call_queue_seconds(queue_of(object), key));
}

/* collect(key): (outcome, seconds, bytes) of a call that is finished; None: it
 * is not. The key is free afterwards. */
static PyObject *collect(PyObject *object, PyObject *number)
{
	struct call_queue *queue = queue_of(object);
	PyObject *data;
	call_key key;
	uint32_t outcome;
	double took;
	size_t bytes;
	int status;

	if (!key_of(number, &key))
		return NULL;
	if (call_queue_state(queue, key) != CALL_DONE)
		Py_RETURN_NONE;
	bytes = call_queue_result_bytes(queue, key, &outcome);
	took = call_queue_seconds(queue, key);
	data = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)bytes);
	if (!data) {
		call_queue_release(queue, key);
		return NULL;
	}
	PyThreadState *thread = let_others_run(bytes);
	status = call_queue_read_result(queue, key, PyBytes_AsString(data));
	call_queue_release(queue, key);
	go_on(thread);
	if (!status)
		return Py_BuildValue("(IdN)", outcome, took, data);
	Py_DECREF(data);
	return raise_system(status);
}

/* release(key): of a call that no worker has or will take. */
static PyObject *release(PyObject *object, PyObject *number)
{
	call_key key;

	if (!key_of(number, &key))
		return NULL;
	call_queue_release(queue_of(object), key);
	Py_RETURN_NONE;
}

static PyObject *end(PyObject *object, PyObject *none)
{
	(void)none;
	call_queue_end(queue_of(object));
	Py_RETURN_NONE;
}

static PyObject *wake(PyObject *object, PyObject *none)
{
	(void)none;
	call_queue_wake(queue_of(object));
	Py_RETURN_NONE;
}

static PyObject *read_call(struct call_queue *queue, call_key key)
{
	const size_t bytes = call_queue_call_bytes(queue, key);
	const struct call_head head = call_queue_head(queue, key);
	PyObject *data = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)bytes);
	int status;

	if (!data)
		return NULL;
	status = call_queue_read_call(queue, key, PyBytes_AsString(data));
	if (!status)
		return Py_BuildValue("(KKIN)", (unsigned long long)key,
		                     (unsigned long long)head.number,
		                     head.attempt, data);
	Py_DECREF(data);
	return raise_system(status);
}

/* take(worker): (key, number, attempt, bytes) of the oldest call; it waits for
 * one. None: there will be no more. */
static PyObject *take(PyObject *object, PyObject *number)
{
	struct call_queue *queue = queue_of(object);
	const unsigned long self = PyLong_AsUnsignedLong(number);
	enum call_take status;
	call_key key;

	if (PyErr_Occurred())
		return NULL;
	do {
		Py_BEGIN_ALLOW_THREADS status =
		    call_queue_take(queue, (uint32_t)self, &key);
		Py_END_ALLOW_THREADS if (status == CALL_SIGNAL &&
		                         PyErr_CheckSignals()) return NULL;
	} while (status == CALL_SIGNAL);
	if (status == CALLS_ENDED)
		Py_RETURN_NONE;
	return read_call(queue, key);
}

/* finish(key, outcome, data): of a call that this process has taken. */
static PyObject *finish(PyObject *object, PyObject *args)
{
	unsigned long long key;
	unsigned int outcome;
	const char *data;
	Py_ssize_t bytes;
	int status;

	if (!PyArg_ParseTuple(args, "KIy#", &key, &outcome, &data, &bytes))
		return NULL;
	Py_BEGIN_ALLOW_THREADS status = call_queue_finish(
	    queue_of(object), key, outcome, data, (size_t)bytes);
	Py_END_ALLOW_THREADS if (status) return raise_system(status);
	Py_RETURN_NONE;
}

static PyObject *get_payload(PyObject *object, void *closure)
{
	(void)closure;
	return PyLong_FromLongLong(call_queue_payload(queue_of(object)));
}

static PyObject *get_ended(PyObject *object, void *closure)
{
	(void)closure;
	return PyBool_FromLong(call_queue_ended(queue_of(object)));
}

static PyGetSetDef attributes[] = {
    {"payload", get_payload, NULL, "Bytes that lie outside records.", NULL},
    {"ended", get_ended, NULL, "Whether workers find no more calls.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyMethodDef methods[] = {
    {"reserve", reserve, METH_NOARGS, NULL},
    {"append", append, METH_VARARGS, NULL},
    {"cancel", cancel, METH_O, NULL},
    {"is_queued", is_queued, METH_O, NULL},
    {"worker", worker, METH_O, NULL},
    {"seconds", seconds, METH_O, NULL},
    {"collect", collect, METH_O, NULL},
    {"release", release, METH_O, NULL},
    {"end", end, METH_NOARGS, NULL},
    {"wake", wake, METH_NOARGS, NULL},
    {"take", take, METH_O, NULL},
    {"finish", finish, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, (void *)new_calls},
    {Py_tp_dealloc, (void *)deallocate},
    {Py_tp_methods, methods},
    {Py_tp_getset, attributes},
    {Py_tp_doc,
     (void *)"Calls of an executor, in memory that processes share."},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "cohort._native.CallQueue",
    .basicsize = sizeof(struct calls),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};

int calls_add_type(PyObject *module)
{
	PyObject *type = PyType_FromSpec(&spec);

	return type ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
}
