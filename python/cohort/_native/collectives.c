#include "collectives.h"

#include "blob.h"
#include "call.h"
#include "element.h"
#include "group.h"
#include "pieces.h"

#include <stdlib.h>

PyObject *collective_barrier(PyObject *object, PyObject *none)
{
	cohort *group = group_of(object);
	struct call call;

	(void)none;
	if (!group)
		return NULL;
	call_begin(&call, group);
	if (!call_end(&call, cohort_barrier(group)))
		return NULL;
	Py_RETURN_NONE;
}

/* _bcast_pieces(list, root): the root's pieces as one Blob; None on the root,
 * where other ranks' lists are not read. */
PyObject *collective_bcast_pieces(PyObject *object, PyObject *args)
{
	cohort *group = group_of(object);
	struct pieces pieces = {0};
	cohort_blob blob = {0};
	struct call call;
	PyObject *list;
	int root;
	bool is_root, ok;

	if (!group || !PyArg_ParseTuple(args, "Oi", &list, &root))
		return NULL;
	is_root = root == cohort_rank(group);
	if (is_root && !pieces_take(&pieces, list))
		return NULL;
	call_begin(&call, group);
	ok = call_end(&call, cohort_bcast_pieces(group, pieces.blobs,
	                                         pieces.count, &blob, root));
	pieces_release(&pieces);
	if (!ok)
		return NULL;
	if (is_root)
		Py_RETURN_NONE;
	return blob_new(blob.data, NULL, blob.data, blob.bytes);
}

/* One blob for each rank, all of them in the first one's block. */
static PyObject *list_of(cohort_blob *all, int size)
{
	PyObject *block = blob_new(all, NULL, NULL, 0);
	PyObject *list = block ? PyList_New(size) : NULL;

	for (int i = 0; list && i < size; i++) {
		PyObject *one =
		    blob_new(NULL, block, all[i].data, all[i].bytes);

		if (!one || PyList_SetItem(list, i, one))
			Py_CLEAR(list);
	}
	Py_XDECREF(block);
	return list;
}

PyObject *collective_allgather_pieces(PyObject *object, PyObject *args)
{
	cohort *group = group_of(object);
	struct pieces pieces;
	cohort_blob *all = NULL;
	struct call call;
	PyObject *list;
	bool ok;

	if (!group || !PyArg_ParseTuple(args, "O", &list) ||
	    !pieces_take(&pieces, list))
		return NULL;
	call_begin(&call, group);
	ok = call_end(&call, cohort_allgather_pieces(group, pieces.blobs,
	                                             pieces.count, &all));
	pieces_release(&pieces);
	return ok ? list_of(all, cohort_size(group)) : NULL;
}

/* Gathers one number of each rank. */
static bool gather_numbers(cohort *group, uint64_t mine, uint64_t *all,
                           int root)
{
	const int size = cohort_size(group);
	size_t *ones = calloc((size_t)size, sizeof(*ones));
	struct call call;
	bool ok;

	if (!ones) {
		PyErr_NoMemory();
		return false;
	}
	for (int i = 0; i < size; i++)
		ones[i] = 1;
	call_begin(&call, group);
	ok = call_end(&call, cohort_gatherv(group, &mine, 1, all, ones,
	                                    COHORT_UINT64, root));
	free(ones);
	return ok;
}

/* _gather_sizes(mine, root): the list of all ranks' numbers on the root, None
 * elsewhere. */
PyObject *collective_gather_sizes(PyObject *object, PyObject *args)
{
	cohort *group = group_of(object);
	unsigned long long mine;
	PyObject *list = NULL;
	uint64_t *all;
	int root, size;

	if (!group || !PyArg_ParseTuple(args, "Ki", &mine, &root))
		return NULL;
	size = cohort_size(group);
	all = calloc((size_t)size, sizeof(*all));
	if (!all)
		return PyErr_NoMemory();
	if (gather_numbers(group, mine, all, root)) {
		list = root == cohort_rank(group) ? PyList_New(size) : Py_None;
		if (list == Py_None)
			Py_INCREF(list);
		for (int i = 0; list && list != Py_None && i < size; i++)
			PyList_SetItem(list, i,
			               PyLong_FromUnsignedLongLong(all[i]));
	}
	free(all);
	return list;
}

/* The numbers of `list`, which the caller frees; NULL with an exception. */
static size_t *numbers_of(PyObject *list)
{
	const Py_ssize_t count = PyList_Size(list);
	size_t *numbers;

	if (count < 0)
		return NULL;
	numbers = calloc((size_t)count + 1, sizeof(*numbers));
	if (!numbers)
		return (size_t *)PyErr_NoMemory();
	for (Py_ssize_t i = 0; i < count; i++)
		numbers[i] = PyLong_AsSize_t(PyList_GetItem(list, i));
	if (!PyErr_Occurred())
		return numbers;
	free(numbers);
	return NULL;
}

/* _gather_bytes(send, recv, sizes, root): recv and sizes are read on the root,
 * and None elsewhere. */
PyObject *collective_gather_bytes(PyObject *object, PyObject *args)
{
	cohort *group = group_of(object);
	PyObject *list, *into;
	Py_buffer send, recv = {0};
	size_t *sizes = NULL;
	struct call call;
	int root;
	bool ok = false;

	if (!group ||
	    !PyArg_ParseTuple(args, "y*OOi", &send, &into, &list, &root))
		return NULL;
	if (root != cohort_rank(group) ||
	    (!PyObject_GetBuffer(into, &recv, PyBUF_WRITABLE) &&
	     (sizes = numbers_of(list)))) {
		call_begin(&call, group);
		ok = call_end(&call, cohort_gatherv(group, send.buf,
		                                    (size_t)send.len, recv.buf,
		                                    sizes, COHORT_UINT8, root));
	}
	free(sizes);
	if (recv.obj)
		PyBuffer_Release(&recv);
	PyBuffer_Release(&send);
	if (!ok)
		return NULL;
	Py_RETURN_NONE;
}

/* _bcast_array(array, root): in place. */
PyObject *collective_bcast_array(PyObject *object, PyObject *args)
{
	cohort *group = group_of(object);
	struct elements data;
	struct call call;
	PyObject *array;
	int root;
	bool ok;

	if (!group || !PyArg_ParseTuple(args, "Oi", &array, &root) ||
	    !elements_take(&data, array, root != cohort_rank(group)))
		return NULL;
	call_begin(&call, group);
	ok = call_end(&call, cohort_bcast(group, data.buffer.buf, data.count,
	                                  data.type, root));
	elements_release(&data);
	if (!ok)
		return NULL;
	Py_RETURN_NONE;
}

/* _allreduce(array, op): in place. */
PyObject *collective_allreduce(PyObject *object, PyObject *args)
{
	cohort *group = group_of(object);
	struct elements data;
	struct call call;
	PyObject *array;
	int op;
	bool ok;

	if (!group || !PyArg_ParseTuple(args, "Oi", &array, &op) ||
	    !elements_take(&data, array, true))
		return NULL;
	call_begin(&call, group);
	ok = call_end(&call,
	              cohort_allreduce(group, COHORT_IN_PLACE, data.buffer.buf,
	                               data.count, data.type, (cohort_op)op));
	elements_release(&data);
	if (!ok)
		return NULL;
	Py_RETURN_NONE;
}

/* _sum(array of doubles): the exact sum, a float. */
PyObject *collective_sum(PyObject *object, PyObject *args)
{
	cohort *group = group_of(object);
	struct elements data;
	struct call call;
	PyObject *array;
	double sum = 0;
	bool ok = false;

	if (!group || !PyArg_ParseTuple(args, "O", &array) ||
	    !elements_take(&data, array, false))
		return NULL;
	if (data.type != COHORT_DOUBLE) {
		PyErr_SetString(PyExc_TypeError, "sum adds doubles up");
	} else {
		call_begin(&call, group);
		ok = call_end(&call, cohort_sum(group, data.buffer.buf,
		                                data.count, &sum));
	}
	elements_release(&data);
	return ok ? PyFloat_FromDouble(sum) : NULL;
}
