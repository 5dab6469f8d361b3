#include "pieces.h"

#include <stdlib.h>

static bool take(struct pieces *pieces, PyObject *list)
{
	const Py_ssize_t count = PyList_Size(list);

	for (Py_ssize_t i = 0; i < count; i++) {
		Py_buffer *buffer = &pieces->buffers[i];
		PyObject *item = PyList_GetItem(list, i);

		if (!item || PyObject_GetBuffer(item, buffer, PyBUF_SIMPLE))
			return false;
		pieces->count++;
		pieces->blobs[i].data = buffer->buf;
		pieces->blobs[i].bytes = (size_t)buffer->len;
	}
	return true;
}

bool pieces_take(struct pieces *pieces, PyObject *list)
{
	const Py_ssize_t count = PyList_Size(list);

	if (count < 0)
		return false;
	*pieces = (struct pieces){
	    .buffers = calloc((size_t)count + 1, sizeof(*pieces->buffers)),
	    .blobs = calloc((size_t)count + 1, sizeof(*pieces->blobs)),
	};
	if (!pieces->buffers || !pieces->blobs)
		PyErr_NoMemory();
	else if (take(pieces, list))
		return true;
	pieces_release(pieces);
	return false;
}

void pieces_release(struct pieces *pieces)
{
	for (size_t i = 0; i < pieces->count; i++)
		PyBuffer_Release(&pieces->buffers[i]);
	free(pieces->buffers);
	free(pieces->blobs);
	*pieces = (struct pieces){0};
}
