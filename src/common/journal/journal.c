#define _POSIX_C_SOURCE 200809L
#include "journal.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "directory.h"
#include "identity.h"
#include "lock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Look at what the directory contains. Refuse it, or store which journal it is
 * and the number of this run. */
static cohort_status examine_directory(struct journal *journal,
                                       const struct journal_identity *identity,
                                       bool *exists)
{
	struct directory_contents list;

	cohort_status status =
	    directory_list(journal->dir, journal->path, &list);
	if (status != COHORT_OK)
		return status;
	const uint32_t last = list.count ? list.tasks[list.count - 1].run : 0;
	free(list.tasks);
	*exists = list.identity;
	journal->run.run = (uint64_t)last + 1;
	if (list.identity)
		return identity_compare(journal->dir, journal->path, identity,
		                        journal->run.id);
	if (last > 0)
		return error_set(
		    COHORT_ECORRUPT,
		    "cohort_scatter: journal %s has record files but no file "
		    "\"" IDENTITY_NAME
		    "\": put that back from a copy, or name another directory",
		    journal->path);
	if (list.others)
		return error_set(
		    COHORT_EINVAL,
		    "cohort_scatter: %s is not a journal, and not "
		    "empty: name a directory for the journal alone",
		    journal->path);
	return COHORT_OK;
}

static cohort_status open_directory(struct journal *journal,
                                    const struct journal_identity *identity,
                                    enum lock_need need)
{
	bool exists;

	/* Examine it before the lock is taken, which may make a file in a
	 * directory that is no journal, and again under the lock. */
	cohort_status status = directory_open(journal->path, &journal->dir);
	if (status == COHORT_OK)
		status = examine_directory(journal, identity, &exists);
	if (status == COHORT_OK)
		status = lock_take(journal->dir, journal->path, need,
		                   &journal->lock);
	if (status == COHORT_OK)
		status = examine_directory(journal, identity, &exists);
	if (status == COHORT_OK && !exists)
		status = identity_make(journal->dir, journal->path, identity,
		                       journal->run.id);
	if (status == COHORT_OK && journal->run.run > UINT32_MAX)
		return error_set(
		    COHORT_EINVAL,
		    "cohort_scatter: journal %s has had as many "
		    "runs as can be numbered: name another directory",
		    journal->path);
	return status;
}

static cohort_status open_with(const char *path,
                               const struct journal_identity *identity,
                               enum lock_need need, struct journal **out)
{
	struct journal *journal = calloc(1, sizeof(*journal));

	if (!journal)
		return error_sys("cohort_scatter: calloc for a journal");
	journal->dir = -1;
	journal->lock = -1;
	journal->opener = getpid();
	journal->count = identity->count;
	journal->path = strdup(path ? path : "");
	cohort_status status = journal->path
	                           ? open_directory(journal, identity, need)
	                           : error_sys("cohort_scatter: strdup of a "
	                                       "journal's path");
	if (status != COHORT_OK) {
		journal_close(journal);
		return status;
	}
	*out = journal;
	return COHORT_OK;
}

cohort_status journal_open(const char *path,
                           const struct journal_identity *identity,
                           struct journal **out)
{
	return open_with(path, identity, LOCK_REQUIRED, out);
}

cohort_status journal_open_unlocked(const char *path,
                                    const struct journal_identity *identity,
                                    struct journal **out)
{
	return open_with(path, identity, LOCK_IF_POSSIBLE, out);
}

struct journal_run journal_this_run(const struct journal *journal)
{
	return journal->run;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	if (journal->lock >= 0 && journal->opener == getpid())
		lock_release(journal->lock);
	descriptor_close(&journal->lock);
	descriptor_close(&journal->dir);
	free(journal->path);
	free(journal);
}
