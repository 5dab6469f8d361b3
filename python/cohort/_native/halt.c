#include "halt.h"

#include "parts.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

/* The end of a traceback has to do. */
enum { HALT_BYTES = 4096, TEXT_BYTES = HALT_BYTES - 3 * sizeof(uint64_t) };

struct halt {
	_Atomic uint64_t
	    claimed;           /* the last sweep whose note somebody writes */
	_Atomic uint64_t told; /* the last sweep whose note is written */
	uint64_t bytes;
	char text[TEXT_BYTES];
};

struct halt *halt_new(void)
{
	void *memory = mmap(NULL, sizeof(struct halt), PROT_READ | PROT_WRITE,
	                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory != MAP_FAILED)
		return memory;
	PyErr_SetFromErrno(PyExc_OSError);
	return NULL;
}

void halt_free(struct halt *halt)
{
	if (halt)
		munmap(halt, sizeof(*halt));
}

static bool claim(struct halt *halt, uint64_t sweep)
{
	uint64_t last = atomic_load(&halt->claimed);

	while (last < sweep)
		if (atomic_compare_exchange_weak(&halt->claimed, &last, sweep))
			return true;
	return false;
}

static void write_text(struct halt *halt, PyObject *text)
{
	Py_ssize_t length;
	const char *bytes = PyUnicode_AsUTF8AndSize(text, &length);

	halt->bytes = 0;
	if (!bytes)
		return;
	const size_t kept =
	    (size_t)length < TEXT_BYTES ? (size_t)length : TEXT_BYTES;
	memcpy(halt->text, bytes + (size_t)length - kept, kept);
	halt->bytes = kept;
}

void halt_tell(struct halt *halt, uint64_t sweep, PyObject *error)
{
	PyObject *pair, *sentence, *data, *text;

	if (!claim(halt, sweep))
		return;
	pair = PyObject_CallFunctionObjArgs(parts.describe, error, NULL);
	if (pair && PyArg_ParseTuple(pair, "O(OO)", &sentence, &data, &text))
		write_text(halt, text);
	PyErr_Clear();
	Py_XDECREF(pair);
	atomic_store(&halt->told, sweep);
}

PyObject *halt_text(const struct halt *halt, uint64_t sweep)
{
	if (atomic_load(&halt->told) != sweep)
		return reference_to(Py_None);
	return PyUnicode_DecodeUTF8(halt->text, (Py_ssize_t)halt->bytes,
	                            "replace");
}
