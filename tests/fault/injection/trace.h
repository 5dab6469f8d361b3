/* The system calls of an undisturbed run, as strace writes them. */
#ifndef COHORT_TESTS_INJECTION_TRACE_H
#define COHORT_TESTS_INJECTION_TRACE_H

#include <stdbool.h>
#include <stddef.h>

enum { CALL_BYTES = 32 };

struct traced_call {
	char name[CALL_BYTES];
	int most; /* the number of them in the process or thread with the most */
};

/* Read the file into new memory, which the caller frees; NULL if it cannot be
 * read. */
struct traced_call *trace_read(const char *path, size_t *count);

/* Whether a call in the file was made to fail. */
bool trace_has_injection(const char *path);

#endif
