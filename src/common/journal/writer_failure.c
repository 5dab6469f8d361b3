#include "writer_failure.h"

#include "common/base/c_locale.h"
#include "common/base/error.h"

#include <errno.h>

cohort_status writer_failure(struct journal_writer *writer)
{
	int error;

	journal_shared_learn(&writer->failed, &writer->shared->failed);
	journal_shared_learn(&writer->failed, &writer->words->failed);
	const char *action = journal_shared_failure(&writer->failed, &error);
	if (!action)
		return COHORT_OK;
	return error_set(
	    COHORT_EIO,
	    "cohort_scatter: journal %s: cannot %s %s: %s%s; tasks "
	    "that it does not have will run again in a later run",
	    writer->path, action, writer->name, error_text(error),
	    error == EBADF ? " (the program or a task has closed its "
	                     "descriptor: let it close those of its own only)"
	                   : "");
}

cohort_status writer_fail(struct journal_writer *writer,
                          enum journal_failure failure)
{
	journal_shared_fail(&writer->failed, failure);
	journal_shared_learn(&writer->shared->failed, &writer->failed);
	return writer_failure(writer);
}
