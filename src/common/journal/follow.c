/*
 * The reader goes through the record files in turn, runs first, then ranks, and
 * reads each to its present end. After the last one it lists the directory
 * again, because a run may have made more files. A round through all files that
 * gives no record is the end for now. One file is open at a time.
 */
#define _POSIX_C_SOURCE 200809L
#include "follow.h"

#include "common/base/c_locale.h"
#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "file.h"
#include "followed_file.h"
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct journal_follow {
	char *path; /* of the journal, for sentences */
	struct followed_file *files;
	size_t count; /* of files */
	size_t at;    /* the file that is read, or the next one */
	bool round;   /* a round is under way */
	bool found;   /* this round has given a record */
	bool opened;  /* the file at `at` is open */
	struct followed_reading reading;
};

static cohort_status no_journal(const char *path, const char *reason)
{
	return error_set(COHORT_EINVAL,
	                 "cohort_journal_open: there is no journal at %s: %s; "
	                 "a sweep makes it before its first task runs",
	                 path, reason);
}

static cohort_status open_journal(struct journal_follow *follow)
{
	struct followed_reading *reading = &follow->reading;
	struct scan *scan = &reading->scan;
	struct stored_identity stored;
	struct directory_contents list;

	reading->dir = file_open_path(follow->path, O_RDONLY | O_DIRECTORY);
	if (reading->dir < 0)
		return errno == ENOENT || errno == ENOTDIR
		           ? no_journal(follow->path, error_text(errno))
		           : file_error(follow->path, "open", "it");
	cohort_status status =
	    identity_read_any(reading->dir, follow->path, &stored);
	if (status == COHORT_OK) {
		memcpy(scan->run.id, stored.id, sizeof(stored.id));
		scan->count = stored.sweep.count;
		scan->seed = stored.sweep.seed;
		return window_open(&scan->window);
	}
	if (status != COHORT_EIO || errno != ENOENT)
		return status;
	status = directory_list(reading->dir, follow->path, &list);
	if (status != COHORT_OK)
		return status;
	free(list.tasks);
	return list.count > 0
	           ? error_set(COHORT_ECORRUPT,
	                       "cohort_journal_open: journal %s has record "
	                       "files but no file \"" IDENTITY_NAME
	                       "\": put that back from a copy",
	                       follow->path)
	           : no_journal(follow->path, "the directory has no file "
	                                      "\"" IDENTITY_NAME "\"");
}

cohort_status follow_open(const char *path, struct journal_follow **out)
{
	struct journal_follow *follow = calloc(1, sizeof(*follow));

	if (!follow)
		return error_sys("cohort_journal_open: calloc");
	follow->reading.dir = -1;
	follow->reading.scan.window.fd = -1;
	follow->path = strdup(path);
	follow->reading.scan.window.path = follow->path;
	cohort_status status = follow->path
	                           ? open_journal(follow)
	                           : error_sys("cohort_journal_open: strdup");
	if (status != COHORT_OK) {
		follow_close(follow);
		return status;
	}
	*out = follow;
	return COHORT_OK;
}

const struct format_tasks *follow_head(const struct journal_follow *follow)
{
	return &follow->reading.scan.head;
}

void follow_close(struct journal_follow *follow)
{
	if (!follow)
		return;
	followed_file_close(&follow->reading);
	descriptor_close(&follow->reading.dir);
	window_close(&follow->reading.scan.window);
	free(follow->files);
	free(follow->path);
	free(follow);
}

/* Whether a comes before b in the order of directory_list. */
static bool comes_before(struct tasks_name a, struct tasks_name b)
{
	return a.run != b.run ? a.run < b.run : a.rank < b.rank;
}

/* Files for the names of the list. Those that are known go on where they
 * are. */
static cohort_status update_files(struct journal_follow *follow,
                                  const struct directory_contents *list)
{
	struct followed_file *files = calloc(list->count + 1, sizeof(*files));
	size_t old = 0;

	if (!files)
		return error_sys("cohort_journal_next: calloc");
	for (size_t i = 0; i < list->count; i++) {
		const struct tasks_name name = list->tasks[i];
		while (old < follow->count &&
		       comes_before(follow->files[old].name, name))
			old++;
		if (old < follow->count &&
		    !comes_before(name, follow->files[old].name))
			files[i] = follow->files[old];
		files[i].name = name;
	}
	free(follow->files);
	follow->files = files;
	follow->count = list->count;
	return COHORT_OK;
}

static cohort_status begin_round(struct journal_follow *follow)
{
	struct directory_contents list;

	cohort_status status =
	    directory_list(follow->reading.dir, follow->path, &list);
	if (status != COHORT_OK)
		return status;
	status = list.identity
	             ? update_files(follow, &list)
	             : error_set(COHORT_EIO,
	                         "cohort_journal_next: journal %s has been "
	                         "removed: close it",
	                         follow->path);
	free(list.tasks);
	if (status != COHORT_OK)
		return status;
	follow->at = 0;
	follow->found = false;
	follow->round = true;
	return COHORT_OK;
}

/* The next record of the file at `at`. */
static cohort_status read_file(struct journal_follow *follow,
                               struct journal_record *out, bool *more)
{
	struct followed_file *file = &follow->files[follow->at];
	struct followed_reading *reading = &follow->reading;

	if (!follow->opened) {
		cohort_status status =
		    followed_file_open(file, reading, &follow->opened);
		*more = follow->opened;
		if (status != COHORT_OK || !*more)
			return status;
	}
	return followed_file_next(file, reading, out, more);
}

static void leave_file(struct journal_follow *follow)
{
	followed_file_close(&follow->reading);
	follow->opened = false;
	follow->at++;
}

/* The next record of this round. *more receives whether there is one. After a
 * failure the next call goes on with the next file. */
static cohort_status read_round(struct journal_follow *follow,
                                struct journal_record *out, bool *more)
{
	while (follow->at < follow->count) {
		cohort_status status = read_file(follow, out, more);
		if (status == COHORT_OK && *more)
			return COHORT_OK;
		leave_file(follow);
		if (status != COHORT_OK)
			return status;
	}
	*more = false;
	return COHORT_OK;
}

cohort_status follow_next(struct journal_follow *follow,
                          struct journal_record *out, bool *end)
{
	for (;;) {
		cohort_status status =
		    follow->round ? COHORT_OK : begin_round(follow);
		bool more;
		if (status == COHORT_OK)
			status = read_round(follow, out, &more);
		if (status != COHORT_OK)
			return status;
		if (more) {
			follow->found = true;
			*end = false;
			return COHORT_OK;
		}
		follow->round = false;
		if (!follow->found) {
			*end = true;
			return COHORT_OK;
		}
	}
}
