/* What a run has written to stderr. */
#ifndef COHORT_TESTS_INJECTION_PRINTED_H
#define COHORT_TESTS_INJECTION_PRINTED_H

#include <stdbool.h>

struct named_failure {
	/* The names of the call in sentences, and of its error. */
	const char *call;
	const char *error;
	bool launched; /* a launcher and its MPI write there, too */
	bool ending;   /* a rank dies or is interrupted */
};

/* The first line that should not be there; NULL if there is none. A line is the
 * progress, or a message of the library that names the call, its error or the ending.
 * Those of a launcher and of its MPI are not judged. Cuts the text into lines. */
const char *printed_misfit(char *text, const struct named_failure *failure);

#endif
