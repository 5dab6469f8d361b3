#define _POSIX_C_SOURCE 200809L
#include "directory.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "file.h"
#include "owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_FIRST = 64 };

void tasks_name_print(struct tasks_name name, char out[TASKS_NAME_BYTES])
{
	snprintf(out, TASKS_NAME_BYTES, "tasks-%" PRIu32 "-%" PRId32, name.run,
	         name.rank);
}

bool tasks_name_parse(const char *text, struct tasks_name *out)
{
	static const char prefix[] = "tasks-";
	char again[TASKS_NAME_BYTES];
	char *end;

	if (strncmp(text, prefix, sizeof(prefix) - 1) != 0)
		return false;
	const unsigned long long run =
	    strtoull(text + sizeof(prefix) - 1, &end, 10);
	if (*end != '-' || run == 0 || run > UINT32_MAX)
		return false;
	const unsigned long long rank = strtoull(end + 1, &end, 10);
	if (rank > INT32_MAX)
		return false;
	const struct tasks_name name = {(uint32_t)run, (int32_t)rank};
	tasks_name_print(name, again);
	if (strcmp(text, again) != 0)
		return false;
	*out = name;
	return true;
}

/* So that a new directory survives a power cut. A parent that this user may not
 * read cannot be synced, which is no failure. */
static cohort_status sync_parent(const char *path, int dir)
{
	int parent = file_open(dir, "..", O_RDONLY | O_DIRECTORY);
	cohort_status status = COHORT_OK;

	if (parent >= 0 && !file_sync_directory(parent))
		status = file_error(path, "sync", "the directory it is in");
	descriptor_close(&parent);
	return status;
}

static cohort_status open_failed(const char *path)
{
	struct stat about;

	if (errno == ENOTDIR && !stat(path, &about))
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: journal %s is not a "
		                 "directory: name a directory, or a path that "
		                 "does not exist yet",
		                 path);
	if (errno == ENOENT || errno == ENOTDIR)
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: journal %s cannot be made: "
		                 "its parent directory does not exist: "
		                 "create that first",
		                 path);
	return file_error(path, "open", "it");
}

cohort_status directory_open(const char *path, int *dir)
{
	if (!path || !*path)
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: the journal's path is "
		                 "empty: name a directory");
	int fd = file_open_path(path, O_RDONLY | O_DIRECTORY);
	bool made = false;
	if (fd < 0 && errno == ENOENT) {
		if (mkdir(path, 0700) && errno != EEXIST) {
			if (errno == ENOENT)
				return open_failed(path);
			return file_error(path, "make", "it");
		}
		made = true;
		fd = file_open_path(path, O_RDONLY | O_DIRECTORY);
	}
	if (fd < 0)
		return open_failed(path);
	cohort_status status = owner_check(fd, path, made);
	if (status == COHORT_OK && made)
		status = sync_parent(path, fd);
	if (status != COHORT_OK) {
		descriptor_close(&fd);
		return status;
	}
	*dir = fd;
	return COHORT_OK;
}

static int compare_tasks_names(const void *a, const void *b)
{
	const struct tasks_name *x = a;
	const struct tasks_name *y = b;

	if (x->run != y->run)
		return (x->run > y->run) - (x->run < y->run);
	return (x->rank > y->rank) - (x->rank < y->rank);
}

static bool add_tasks(struct directory_contents *list, size_t *room,
                      struct tasks_name name)
{
	if (list->count == *room) {
		const size_t more = *room ? 2 * *room : LIST_FIRST;
		struct tasks_name *grown =
		    realloc(list->tasks, more * sizeof(*grown));
		if (!grown)
			return false;
		list->tasks = grown;
		*room = more;
	}
	list->tasks[list->count++] = name;
	return true;
}

/* Sort the names into `list`. False with errno. */
static bool list_names(DIR *stream, struct directory_contents *list)
{
	const struct dirent *entry;
	struct tasks_name name;
	size_t room = 0;

	while (errno = 0, (entry = readdir(stream))) {
		const char *text = entry->d_name;
		if (!strcmp(text, IDENTITY_NAME))
			list->identity = true;
		else if (tasks_name_parse(text, &name)) {
			if (!add_tasks(list, &room, name))
				return false;
		} else if (strcmp(text, ".") && strcmp(text, "..") &&
		           strcmp(text, LOCK_NAME) && strcmp(text, NOTE_NAME) &&
		           strcmp(text, IDENTITY_DRAFT) &&
		           !owner_is_probe(text))
			list->others = true;
	}
	return errno == 0;
}

cohort_status directory_list(int dir, const char *path,
                             struct directory_contents *out)
{
	struct directory_contents list = {0};
	/* closedir closes it. */
	int fd = file_open(dir, ".", O_RDONLY | O_DIRECTORY);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream || !list_names(stream, &list)) {
		cohort_status status =
		    errno == ENOMEM
		        ? error_sys("cohort_scatter: no memory to look up and "
		                    "read the names in journal %s, by fcntl, "
		                    "fstat and getdents",
		                    path)
		        : file_error(path, "read", "its names");
		if (stream)
			closedir(stream);
		else
			descriptor_close(&fd);
		free(list.tasks);
		return status;
	}
	closedir(stream);
	if (list.count > 0)
		qsort(list.tasks, list.count, sizeof(*list.tasks),
		      compare_tasks_names);
	*out = list;
	return COHORT_OK;
}

cohort_status directory_read_any(int dir, const char *path, const char *name,
                                 int *out, struct stat *about)
{
	int fd = file_open(dir, name, O_RDONLY);
	cohort_status status = COHORT_OK;

	if (fd < 0 && errno != ELOOP)
		return file_error(path, "open", name);
	if (fd >= 0 && fstat(fd, about))
		status = file_error(path, "look at", name);
	else if (fd < 0 || !S_ISREG(about->st_mode))
		status = error_set(COHORT_ECORRUPT,
		                   "cohort_scatter: journal %s: %s is not a "
		                   "plain file: move it away",
		                   path, name);
	if (status == COHORT_OK)
		*out = fd;
	else
		descriptor_close(&fd);
	return status;
}

static cohort_status check_found(int dir, const char *path, const char *name,
                                 const struct stat *about)
{
	const enum owner_file file = owner_look(dir, about);

	if (file == OWNER_LINKED)
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: journal %s: %s is a second "
		                 "name of another file: put a copy in its "
		                 "place, or move it away",
		                 path, name);
	if (file == OWNER_OTHER)
		return error_set(COHORT_EINVAL,
		                 "cohort_scatter: journal %s: %s belongs to "
		                 "user %lu, but this process is user %lu: "
		                 "chown the file, or move it away",
		                 path, name, (unsigned long)about->st_uid,
		                 (unsigned long)geteuid());
	return COHORT_OK;
}

cohort_status directory_read(int dir, const char *path, const char *name,
                             int *out, uint64_t *bytes)
{
	struct stat about;
	int fd;
	cohort_status status = directory_read_any(dir, path, name, &fd, &about);

	if (status != COHORT_OK)
		return status;
	status = check_found(dir, path, name, &about);
	if (status != COHORT_OK) {
		descriptor_close(&fd);
		return status;
	}
	*out = fd;
	*bytes = (uint64_t)about.st_size;
	return COHORT_OK;
}
