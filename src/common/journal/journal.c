#define _POSIX_C_SOURCE 200809L
#include "journal.h"

#include "common/base/error.h"
#include "directory.h"
#include "identity_compare.h"
#include "last_program.h"
#include "lock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is known of a directory that is a journal, or may become one. */
struct examined {
	bool exists;         /* it has an identity */
	bool rebuilt;        /* another program has used it last */
	uint64_t program[2]; /* digest of that program */
};

/* Refuse a directory that has no identity, unless it is empty. */
static cohort_status check_empty(const struct journal *journal,
                                 const struct directory_contents *list)
{
	if (list->count > 0)
		return error_set(
		    COHORT_ECORRUPT,
		    "cohort_scatter: journal %s has record files but no file "
		    "\"" IDENTITY_NAME
		    "\": put that back from a copy, or name another directory",
		    journal->path);
	if (list->others)
		return error_set(
		    COHORT_EINVAL,
		    "cohort_scatter: %s is not a journal, and not "
		    "empty: name a directory for the journal alone",
		    journal->path);
	return COHORT_OK;
}

static cohort_status check_identity(struct journal *journal,
                                    const struct directory_contents *list,
                                    struct examined *examined)
{
	struct stored_identity stored;

	cohort_status status =
	    identity_read(journal->dir, journal->path, &stored);
	if (status != COHORT_OK)
		return status;
	memcpy(journal->run.id, stored.id, sizeof(stored.id));
	journal->old_count = stored.sweep.count;
	memcpy(examined->program, stored.program, sizeof(stored.program));
	last_program(journal->dir, journal->path, stored.id, list,
	             examined->program);
	return identity_compare(journal->path, &stored, examined->program,
	                        &journal->sweep, &examined->rebuilt);
}

/* Look at what the directory contains. Refuse it, or store which journal it is
 * and the number of this run. */
static cohort_status examine_directory(struct journal *journal,
                                       struct examined *examined)
{
	struct directory_contents list;

	cohort_status status =
	    directory_list(journal->dir, journal->path, &list);
	if (status != COHORT_OK)
		return status;
	const uint32_t last = list.count ? list.tasks[list.count - 1].run : 0;
	*examined = (struct examined){.exists = list.identity};
	journal->run.run = (uint64_t)last + 1;
	status = list.identity ? check_identity(journal, &list, examined)
	                       : check_empty(journal, &list);
	free(list.tasks);
	return status;
}

static cohort_status open_directory(struct journal *journal,
                                    enum lock_need need)
{
	const struct journal_sweep *sweep = &journal->sweep;
	struct examined examined = {0};

	/* Examine it before the lock is taken, which may make a file in a
	 * directory that is no journal, and again under the lock. */
	cohort_status status = directory_open(journal->path, &journal->dir);
	if (status == COHORT_OK)
		status = examine_directory(journal, &examined);
	if (status == COHORT_OK)
		status = lock_take(journal->dir, journal->path, need,
		                   &journal->lock);
	if (status == COHORT_OK)
		status = examine_directory(journal, &examined);
	if (status == COHORT_OK && !examined.exists)
		status = identity_make(journal->dir, journal->path,
		                       &sweep->identity, journal->run.id);
	if (status == COHORT_OK && journal->run.run > UINT32_MAX)
		return error_set(
		    COHORT_EINVAL,
		    "cohort_scatter: journal %s has had as many "
		    "runs as can be numbered: name another directory",
		    journal->path);
	if (status == COHORT_OK && examined.rebuilt)
		identity_log_rebuilt(journal->path, examined.program, sweep);
	return status;
}

/* There may be no lock. */
static bool identify_files(struct journal *journal)
{
	return file_identify(journal->dir, &journal->folder) &&
	       (journal->lock < 0 ||
	        file_identify(journal->lock, &journal->locked));
}

static cohort_status open_with(const char *path,
                               const struct journal_sweep *sweep,
                               enum lock_need need, struct journal **out)
{
	struct journal *journal = calloc(1, sizeof(*journal));

	if (!journal)
		return error_sys("cohort_scatter: calloc for a journal");
	journal->dir = -1;
	journal->lock = -1;
	journal->opener = getpid();
	journal->sweep = *sweep;
	journal->run.seed = sweep->seed;
	journal->run.count = sweep->sets.count;
	memcpy(journal->run.program, sweep->identity.program,
	       sizeof(journal->run.program));
	journal->path = strdup(path ? path : "");
	cohort_status status = journal->path
	                           ? open_directory(journal, need)
	                           : error_sys("cohort_scatter: strdup of a "
	                                       "journal's path");
	if (status == COHORT_OK && !identify_files(journal))
		status = file_error(journal->path, "look at", "it");
	if (status != COHORT_OK) {
		journal_close(journal);
		return status;
	}
	*out = journal;
	return COHORT_OK;
}

cohort_status journal_open(const char *path, const struct journal_sweep *sweep,
                           struct journal **out)
{
	return open_with(path, sweep, LOCK_REQUIRED, out);
}

cohort_status journal_open_unlocked(const char *path,
                                    const struct journal_sweep *sweep,
                                    struct journal **out)
{
	return open_with(path, sweep, LOCK_IF_POSSIBLE, out);
}

struct journal_run journal_this_run(const struct journal *journal)
{
	return journal->run;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	if (journal->lock >= 0 && journal->opener == getpid() &&
	    !file_is_lost(journal->lock, journal->locked))
		lock_release(journal->lock);
	file_close(&journal->lock, journal->locked);
	file_close(&journal->dir, journal->folder);
	free(journal->path);
	free(journal);
}
