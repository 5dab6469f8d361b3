/*
 * A journal as a sweep writes it, by the process that submits calls: it reads
 * the records of earlier runs, and then appends records to one file. The
 * package decides which record is the result of which call.
 */
#include "call_journal.h"

#include "errors.h"

#include "common/base/error.h"
#include "common/base/param_sets.h"
#include "common/journal/follow.h"
#include "common/journal/hash.h"
#include "common/journal/identity.h"
#include "common/journal/journal.h"
#include "common/journal/writer.h"

#include <string.h>

struct call_journal {
	PyObject_HEAD struct journal *journal;
	struct journal_follow *follow; /* NULL: all is read */
	struct journal_writer *writer;
};

static struct call_journal *journal_of(PyObject *object)
{
	return (struct call_journal *)object;
}

/* Open the folder, and what earlier runs have left there. */
static cohort_status open_journal(struct call_journal *self, const char *path,
                                  struct journal_sweep *sweep,
                                  const char *identity, size_t bytes)
{
	struct journal_run run;
	cohort_status status = journal_identify(PARAM_SIZES_DIFFER, identity,
	                                        bytes, &sweep->identity);

	if (status == COHORT_OK)
		status = journal_open(path, sweep, &self->journal);
	if (status == COHORT_OK)
		status = follow_open(path, &self->follow);
	if (status != COHORT_OK)
		return status;
	run = journal_this_run(self->journal);
	run.count = UINT64_MAX; /* nobody knows how many calls there will be */
	return journal_writer_open(path, &run, 0, NULL, &self->writer);
}

static cohort_status close_journal(struct call_journal *self)
{
	const cohort_status status = journal_writer_close(self->writer);

	follow_close(self->follow);
	journal_close(self->journal);
	self->writer = NULL;
	self->follow = NULL;
	self->journal = NULL;
	return status;
}

/* CallJournal(path, identity, seed, rebuilt_ok) */
static PyObject *new_journal(PyTypeObject *type, PyObject *args,
                             PyObject *words)
{
	allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	struct journal_sweep sweep = {.sets.bytes = PARAM_SIZES_DIFFER};
	unsigned long long seed;
	const char *path, *identity;
	Py_ssize_t bytes;
	cohort_status status;
	PyObject *object;
	int rebuilt_ok;

	(void)words;
	if (!PyArg_ParseTuple(args, "sy#Kp", &path, &identity, &bytes, &seed,
	                      &rebuilt_ok))
		return NULL;
	object = allocate(type, 0);
	if (!object)
		return NULL;
	sweep.seed = seed;
	sweep.rebuilt_ok = rebuilt_ok != 0;
	status = open_journal(journal_of(object), path, &sweep, identity,
	                      (size_t)bytes);
	if (status == COHORT_OK)
		return object;
	error_raise(status);
	Py_DECREF(object);
	return NULL;
}

static void deallocate(PyObject *object)
{
	PyTypeObject *type = Py_TYPE(object);
	freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);

	(void)close_journal(journal_of(object));
	release(object);
	Py_DECREF(type);
}

/* read(): (digest, index, seed, flags, status, data) of the next record of
 * earlier runs; None: there are no more. */
static PyObject *read_record(PyObject *object, PyObject *none)
{
	struct call_journal *self = journal_of(object);
	struct journal_record record;
	cohort_status status = COHORT_OK;
	bool end = true;

	(void)none;
	if (self->follow)
		status = follow_next(self->follow, &record, &end);
	if (status != COHORT_OK)
		return error_raise(status);
	if (!end)
		return Py_BuildValue(
		    "(y#KKIiy#)", (const char *)record.digest,
		    (Py_ssize_t)sizeof(record.digest),
		    (unsigned long long)record.index,
		    (unsigned long long)follow_head(self->follow)->seed,
		    (unsigned int)record.flags, (int)record.status,
		    record.bytes ? record.data : "", (Py_ssize_t)record.bytes);
	follow_close(self->follow);
	self->follow = NULL;
	Py_RETURN_NONE;
}

/* write(digest, index, flags, status, sentence, data, seconds, rank,
 * attempts) */
static PyObject *write_record(PyObject *object, PyObject *args)
{
	struct call_journal *self = journal_of(object);
	struct journal_record record = {0};
	unsigned long long index;
	unsigned int flags;
	const char *digest;
	Py_ssize_t digest_bytes, bytes;
	cohort_status status;

	if (!PyArg_ParseTuple(args, "y#KIisy#dii", &digest, &digest_bytes,
	                      &index, &flags, &record.status, &record.error,
	                      &record.data, &bytes, &record.seconds,
	                      &record.rank, &record.attempts))
		return NULL;
	if (!self->writer || digest_bytes != (Py_ssize_t)sizeof(record.digest))
		return error_raise_text(COHORT_ESTATE, "the journal is closed");
	memcpy(record.digest, digest, sizeof(record.digest));
	record.index = index;
	record.flags = flags;
	record.bytes = (uint64_t)bytes;
	Py_BEGIN_ALLOW_THREADS status = journal_write(self->writer, &record);
	Py_END_ALLOW_THREADS if (status !=
	                         COHORT_OK) return error_raise(status);
	Py_RETURN_NONE;
}

/* close(): in a forked process only its copy. */
static PyObject *close_object(PyObject *object, PyObject *none)
{
	(void)none;
	const cohort_status status = close_journal(journal_of(object));

	if (status != COHORT_OK)
		return error_raise(status);
	Py_RETURN_NONE;
}

PyObject *call_journal_digest(PyObject *module, PyObject *data)
{
	uint64_t digest[2];
	Py_ssize_t bytes;
	char *memory;

	(void)module;
	if (PyBytes_AsStringAndSize(data, &memory, &bytes))
		return NULL;
	hash_128(memory, (size_t)bytes, digest);
	return PyBytes_FromStringAndSize((const char *)digest, sizeof(digest));
}

static PyMethodDef methods[] = {
    {"read", read_record, METH_NOARGS, NULL},
    {"write", write_record, METH_VARARGS, NULL},
    {"close", close_object, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_new, (void *)new_journal},
    {Py_tp_dealloc, (void *)deallocate},
    {Py_tp_methods, methods},
    {Py_tp_doc, (void *)"The journal of an executor."},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "cohort._native.CallJournal",
    .basicsize = sizeof(struct call_journal),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};

int call_journal_add_type(PyObject *module)
{
	PyObject *type = PyType_FromSpec(&spec);

	return type ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
}
