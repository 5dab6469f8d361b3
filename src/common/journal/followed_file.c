#define _POSIX_C_SOURCE 200809L
#include "followed_file.h"

#include "common/base/descriptor.h"
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* A file that seems damaged is opened again and read again that often: its
 * writer may have cut it meanwhile, and a network file system may have shown
 * parts of different ages. */
enum { TRIES = 3 };

/* A file that has not been changed for so many seconds gets another time with
 * the next change. */
enum { SETTLED_AFTER = 2 };

/* Whether record i of those that were given is in the file. */
static cohort_status find_given(const struct followed_file *file, int i,
                                struct scan *scan, bool *there)
{
	const uint64_t end = i == 0 ? file->offset : file->given[i - 1].offset;

	*there = false;
	if (file->given[i].offset == 0 || end > scan->window.size)
		return COHORT_OK;
	return scan_find(scan, &file->given[i], there);
}

/* *same receives whether the file still has the last record that was given.
 * Otherwise go back to the end of the one before, or to the beginning. */
static cohort_status step_back(struct followed_file *file, struct scan *scan,
                               bool *same)
{
	int i = 0;

	*same = file->given[0].offset == 0;
	if (*same)
		return COHORT_OK;
	for (bool there = false; i < FOLLOWED_MARKS; i++) {
		cohort_status status = find_given(file, i, scan, &there);
		if (status != COHORT_OK)
			return status;
		if (there)
			break;
	}
	*same = i == 0;
	if (*same)
		return COHORT_OK;
	file->offset = i < FOLLOWED_MARKS ? file->given[i - 1].offset : 0;
	for (int to = 0; to < FOLLOWED_MARKS; to++, i++)
		file->given[to] =
		    i < FOLLOWED_MARKS ? file->given[i] : (struct scan_mark){0};
	return COHORT_OK;
}

/* Whether the file is as it was when it was read to its end. */
static bool unchanged(const struct followed_file *file,
                      const struct stat *about)
{
	return S_ISREG(about->st_mode) && file->settled && file->offset > 0 &&
	       (uint64_t)about->st_size == file->offset &&
	       about->st_mtim.tv_sec == file->changed.tv_sec &&
	       about->st_mtim.tv_nsec == file->changed.tv_nsec;
}

/* Open the file, and go to where it was read to. The descriptor is -1 if the
 * file is gone. */
static cohort_status open_at_offset(struct followed_file *file,
                                    struct followed_reading *reading)
{
	struct file_window *window = &reading->scan.window;
	struct stat about;
	bool same;

	cohort_status status = directory_read_any(
	    reading->dir, window->path, window->name, &window->fd, &about);
	file->damaged = status == COHORT_ECORRUPT;
	if (status != COHORT_OK)
		return status == COHORT_EIO && errno == ENOENT ? COHORT_OK
		                                               : status;
	file->changed = about.st_mtim;
	file->settled = time(NULL) - about.st_mtim.tv_sec > SETTLED_AFTER;
	window->size = (uint64_t)about.st_size;
	status = step_back(file, &reading->scan, &same);
	window_move(window, file->offset, window->size);
	return status;
}

cohort_status followed_file_open(struct followed_file *file,
                                 struct followed_reading *reading, bool *more)
{
	struct scan *scan = &reading->scan;
	struct stat about;

	*more = false;
	if (file->damaged)
		return COHORT_OK;
	tasks_name_print(file->name, reading->name);
	scan->window.name = reading->name;
	scan->window.fd = -1;
	scan->run.run = file->name.run;
	scan->rank = file->name.rank;
	if (fstatat(reading->dir, reading->name, &about, AT_SYMLINK_NOFOLLOW))
		return errno == ENOENT ? COHORT_OK
		                       : file_error(scan->window.path,
		                                    "look at", reading->name);
	if (unchanged(file, &about))
		return COHORT_OK;
	cohort_status status = open_at_offset(file, reading);
	*more = status == COHORT_OK && scan->window.fd >= 0;
	if (!*more)
		followed_file_close(reading);
	return status;
}

void followed_file_close(struct followed_reading *reading)
{
	descriptor_close(&reading->scan.window.fd);
}

/* Read on, and check what was read. *same receives whether the last record that
 * was given is still in the file, so that the rest is what follows it. */
static cohort_status read_on(struct followed_file *file,
                             struct followed_reading *reading,
                             struct journal_record *out, bool *more, bool *same)
{
	struct scan *scan = &reading->scan;
	const cohort_status status = scan_next(scan, out, more);

	*same =
	    status != COHORT_ECORRUPT && scan->window.reads == reading->checked;
	if (*same)
		return status;
	cohort_status found = step_back(file, scan, same);
	if (found != COHORT_OK)
		return found;
	if (*same)
		reading->checked = scan->window.reads;
	return status;
}

cohort_status followed_file_next(struct followed_file *file,
                                 struct followed_reading *reading,
                                 struct journal_record *out, bool *more)
{
	struct scan *scan = &reading->scan;
	cohort_status status;
	bool same;

	for (int tries = 0;; tries++) {
		status = read_on(file, reading, out, more, &same);
		if (same && status != COHORT_ECORRUPT)
			break;
		if (tries == TRIES) {
			file->damaged = status == COHORT_ECORRUPT && same;
			*more = false;
			return file->damaged ? status : COHORT_OK;
		}
		followed_file_close(reading);
		status = open_at_offset(file, reading);
		*more = false;
		if (status != COHORT_OK || scan->window.fd < 0)
			return status;
	}
	if (status != COHORT_OK || !*more)
		return status;
	for (int i = FOLLOWED_MARKS - 1; i > 0; i--)
		file->given[i] = file->given[i - 1];
	file->given[0] = scan->last;
	file->offset = scan->window.offset;
	return COHORT_OK;
}
