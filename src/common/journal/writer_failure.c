#include "writer_failure.h"

#include "common/base/c_locale.h"
#include "common/base/error.h"

cohort_status writer_failure(const struct journal_writer *writer)
{
	int error;
	const char *action =
	    journal_shared_failure(&writer->shared->failed, &error);

	if (!action)
		action = journal_shared_failure(&writer->words->failed, &error);
	if (!action)
		return COHORT_OK;
	return error_set(COHORT_EIO,
	                 "cohort_scatter: journal %s: cannot %s %s: %s; tasks "
	                 "that it does not have will run again in a later run",
	                 writer->path, action, writer->name, error_text(error));
}

cohort_status writer_fail(const struct journal_writer *writer,
                          enum journal_failure failure)
{
	journal_shared_fail(&writer->shared->failed, failure);
	return writer_failure(writer);
}
