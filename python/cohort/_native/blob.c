#include "blob.h"

#include <stdlib.h>

struct blob {
	PyObject_HEAD void *block;
	PyObject *owner;
	void *data;
	size_t bytes;
};

static PyTypeObject *blob_type;

static int get_buffer(PyObject *object, Py_buffer *view, int flags)
{
	struct blob *blob = (struct blob *)object;
	static char nothing[1];

	return PyBuffer_FillInfo(view, object,
	                         blob->data ? blob->data : nothing,
	                         (Py_ssize_t)blob->bytes, 0, flags);
}

static void deallocate(PyObject *object)
{
	struct blob *blob = (struct blob *)object;
	PyTypeObject *type = Py_TYPE(object);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	free(blob->block);
	Py_XDECREF(blob->owner);
	release(object);
	Py_DECREF(type);
}

static Py_ssize_t length(PyObject *object)
{
	return (Py_ssize_t)((struct blob *)object)->bytes;
}

static PyType_Slot slots[] = {
    {Py_tp_dealloc, (void *)deallocate},
    {Py_bf_getbuffer, (void *)get_buffer},
    {Py_sq_length, (void *)length},
    {Py_tp_doc, (void *)"Memory that the library has allocated."},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "cohort._native.Blob",
    .basicsize = sizeof(struct blob),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};

int blob_add_type(PyObject *module)
{
	blob_type = (PyTypeObject *)PyType_FromSpec(&spec);
	return blob_type ? PyModule_AddType(module, blob_type) : -1;
}

PyObject *blob_new(void *block, PyObject *owner, void *data, size_t bytes)
{
	struct blob *blob = NULL;

	if (bytes > (size_t)PY_SSIZE_T_MAX)
		PyErr_NoMemory();
	else
		blob = PyObject_New(struct blob, blob_type);
	if (!blob) {
		free(block);
		return NULL;
	}
	blob->block = block;
	blob->owner = owner;
	blob->data = data;
	blob->bytes = bytes;
	Py_XINCREF(owner);
	return (PyObject *)blob;
}
