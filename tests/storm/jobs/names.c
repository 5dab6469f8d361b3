#define _GNU_SOURCE
#include "names.h"

#include "descendants.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct collection {
	struct names *names;
	const char *folder;
	const struct timespec *before;
};

static bool is_older(const struct stat *info, const struct timespec *time)
{
	return info->st_ctim.tv_sec < time->tv_sec ||
	       (info->st_ctim.tv_sec == time->tv_sec &&
	        info->st_ctim.tv_nsec < time->tv_nsec);
}

static void add(const struct collection *to, const char *path)
{
	struct names *names = to->names;
	struct stat info;

	if (*path != '/' || !strncmp(path, to->folder, strlen(to->folder)) ||
	    stat(path, &info) || !S_ISREG(info.st_mode) ||
	    is_older(&info, to->before) || names->count == NAMES_MOST)
		return;
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->paths[i], path))
			return;
	snprintf(names->paths[names->count++], PATH_MAX, "%s", path);
}

static void add_mapped(const struct collection *to, pid_t pid)
{
	char path[PATH_MAX];
	char line[PATH_MAX + 128];

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	FILE *maps = fopen(path, "re");
	while (maps && fgets(line, sizeof(line), maps)) {
		char *name = strchr(line, '/');
		line[strcspn(line, "\n")] = '\0';
		if (name)
			add(to, name);
	}
	if (maps)
		fclose(maps);
}

static void add_open(const struct collection *to, pid_t pid)
{
	char path[PATH_MAX];
	char target[PATH_MAX];
	const struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	DIR *folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%.20s", (int)pid,
		         entry->d_name);
		const ssize_t length =
		    readlink(path, target, sizeof(target) - 1);
		target[length > 0 ? length : 0] = '\0';
		add(to, target);
	}
	if (folder)
		closedir(folder);
}

static void collect(const struct collection *to, pid_t pid)
{
	pid_t child;

	add_mapped(to, pid);
	add_open(to, pid);
	for (int n = 1; (child = descendants_child(pid, n)) > 0; n++)
		collect(to, child);
}

void names_collect(struct names *names, pid_t pid, const char *folder,
                   const struct timespec *before)
{
	const struct collection to = {names, folder, before};

	names->count = 0;
	collect(&to, pid);
}

const char *names_first_left(const struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (access(names->paths[i], F_OK) == 0)
			return names->paths[i];
	return NULL;
}
