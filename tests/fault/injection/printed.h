/* What a run has written to stderr. */
#ifndef COHORT_TESTS_INJECTION_PRINTED_H
#define COHORT_TESTS_INJECTION_PRINTED_H

#include <stdbool.h>

/* The names of the call in sentences, and of its error. */
struct named_failure {
	const char *call;
	const char *error;
};

/* The first line that should not be there; NULL if there is none. A line is the
 * progress, or a message of the library that names the call or its error. Those of a
 * launcher and of its MPI (`launched`) are not judged. Cuts the text into lines. */
const char *printed_misfit(char *text, const struct named_failure *failure,
                           bool launched);

#endif
