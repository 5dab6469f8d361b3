#include "mpi_error.h"

#include "common/base/error.h"

#include <mpi.h>
#include <stdio.h>
#include <string.h>

/* MPI's text for `code`, in one line. MPICH's text is a stack of lines: the
 * first names the error, the last the place that noticed it. */
static void describe_code(int code, char text[MPI_MAX_ERROR_STRING])
{
	static const char stack[] = ", error stack:";
	int length = 0;

	if (MPI_Error_string(code, text, &length) != MPI_SUCCESS)
		snprintf(text, MPI_MAX_ERROR_STRING, "error %d", code);
	char *cut = strstr(text, stack);
	const char *last = strrchr(text, '\n');
	if (cut && last && last > cut)
		memmove(cut, last, strlen(last) + 1);
	for (char *c = text; *c; c++)
		if (*c == '\n')
			*c = ';';
}

/* MPICH 4.0 may report a message that is too long for a collective call as
 * "other"; only its text then tells. From 4.1 on some of its collective calls
 * return MPI_ERR_IN_STATUS, and the statuses that hold the reason are inside
 * MPICH. */
static bool too_long(int class, const char *text)
{
	return class == MPI_ERR_TRUNCATE || strstr(text, "truncated");
}

cohort_status mpi_error_report(const struct call *call, const char *function,
                               int code)
{
	char text[MPI_MAX_ERROR_STRING] = "";
	char what[CALL_TEXT_BYTES];
	int class = MPI_ERR_OTHER;

	MPI_Error_class(code, &class);
	describe_code(code, text);
	call_describe(call, what);
	if (class == MPI_ERR_IN_STATUS)
		return error_set(COHORT_EMISMATCH,
		                 "%s: %s: a message could not be received, "
		                 "and this MPI does not say why; most likely "
		                 "the ranks passed different counts: with "
		                 "COHORT_CHECK=1 the sentence says which",
		                 what, function);
	if (too_long(class, text))
		return error_set(COHORT_EMISMATCH,
		                 "%s: %s: %s: the ranks passed different "
		                 "counts; with COHORT_CHECK=1 the sentence "
		                 "says which",
		                 what, function, text);
	return error_set(class == MPI_ERR_NO_MEM ? COHORT_ENOMEM : COHORT_ESYS,
	                 "%s: %s failed: %s", what, function, text);
}
