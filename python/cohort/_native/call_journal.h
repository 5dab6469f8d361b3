/* CallJournal, the journal of an executor. */
#ifndef COHORT_CALL_JOURNAL_H
#define COHORT_CALL_JOURNAL_H

#include "python.h"

int call_journal_add_type(PyObject *module);

/* digest(data): the 16 bytes by which a journal knows a call. */
PyObject *call_journal_digest(PyObject *module, PyObject *data);

#endif
