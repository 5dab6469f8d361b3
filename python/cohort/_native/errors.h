/* From a status to an exception. */
#ifndef COHORT_ERRORS_H
#define COHORT_ERRORS_H

#include "python.h"

#include "cohort.h"

/** A sentence of the library as a string. Bytes that are no UTF-8 become
 * surrogates, as in names of files. */
PyObject *error_as_text(const char *sentence);

/** Raise the exception of `status` with this thread's last sentence. Returns
 * NULL. */
PyObject *error_raise(cohort_status status);

/** Raise the exception of `status` with a sentence of the extension's own.
 * Returns NULL. */
PyObject *error_raise_text(cohort_status status, const char *sentence);

#endif
