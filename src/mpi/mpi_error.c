#include "mpi_error.h"

#include "common/base/error.h"

#include <stdio.h>
#include <string.h>

/* MPICH's text is a stack of lines: the first names the error, the last the
 * place that noticed it. */
void mpi_error_text(int code, char text[MPI_MAX_ERROR_STRING])
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

const char *mpi_library_name(char text[MPI_NAME_BYTES])
{
	char whole[MPI_MAX_LIBRARY_VERSION_STRING] = "an unknown MPI";
	int length = 0;

	if (MPI_Get_library_version(whole, &length) != MPI_SUCCESS)
		snprintf(whole, sizeof(whole), "an unknown MPI");
	snprintf(text, MPI_NAME_BYTES, "%.*s", (int)strcspn(whole, ",\n"),
	         whole);
	for (char *c = text; *c; c++)
		if (*c == '\t')
			*c = ' ';
	return text;
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
	mpi_error_text(code, text);
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
	if (class == MPI_ERR_UNSUPPORTED_OPERATION) {
		char name[MPI_NAME_BYTES];
		return error_set(COHORT_EBACKEND,
		                 "%s: %s has no %s here: %s: start the "
		                 "program with another MPI, or choose other "
		                 "components of this one with the options of "
		                 "its launcher",
		                 what, mpi_library_name(name), function, text);
	}
	return error_set(class == MPI_ERR_NO_MEM ? COHORT_ENOMEM : COHORT_ESYS,
	                 "%s: %s failed: %s", what, function, text);
}
