#define _POSIX_C_SOURCE 200809L
#include "cgroup.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Version 1 has a number near 2^63 where there is no limit. */
static const int64_t no_limit = INT64_C(1) << 60;

static int64_t lesser(int64_t a, int64_t b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

/* The number in a file; -1 if there is none, as in "max". */
static int64_t read_limit(const char *folder, const char *name)
{
	char path[PATH_MAX + NAME_MAX];
	long long number = -1;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "re");
	if (!file)
		return -1;
	if (fscanf(file, "%lld", &number) != 1)
		number = -1;
	fclose(file);
	return number < no_limit ? number : -1;
}

/* Of the group, and of all above it up to the mount. */
static int64_t least_upwards(const char *mount, const char *group,
                             const char *name)
{
	char folder[PATH_MAX];
	int64_t least = -1;

	if (snprintf(folder, sizeof(folder), "%s%s", mount, group) >=
	    (int)sizeof(folder))
		return -1;
	for (;;) {
		char *slash = strrchr(folder, '/');

		least = lesser(least, read_limit(folder, name));
		if (!slash || strlen(folder) <= strlen(mount))
			return least;
		*slash = '\0';
	}
}

/* Whether a list with commas between has this name. */
static bool has_name(const char *list, const char *name)
{
	const size_t length = strlen(name);

	for (;;) {
		if (strcspn(list, ",") == length &&
		    !strncmp(list, name, length))
			return true;
		list = strchr(list, ',');
		if (!list++)
			return false;
	}
}

/* Of one line of /proc/self/cgroup: NUMBER:CONTROLLERS:GROUP. Version 2 names
 * no controllers. */
static int64_t limit_of_line(char *line, const struct cgroup_limit *limit)
{
	char mount[64] = "/sys/fs/cgroup";
	char *controllers = strchr(line, ':');
	char *group = controllers ? strchr(controllers + 1, ':') : NULL;

	if (!group)
		return -1;
	*controllers++ = '\0';
	*group++ = '\0';
	group[strcspn(group, "\n")] = '\0';
	if (!*controllers)
		return least_upwards(mount, group, limit->file);
	if (!has_name(controllers, limit->controller))
		return -1;
	snprintf(mount, sizeof(mount), "/sys/fs/cgroup/%s", limit->controller);
	return least_upwards(mount, group, limit->old_file);
}

int64_t cgroup_least(const struct cgroup_limit *limit)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char *line = NULL;
	size_t room = 0;
	int64_t least = -1;

	while (file && getline(&line, &room, file) >= 0)
		least = lesser(least, limit_of_line(line, limit));
	free(line);
	if (file)
		fclose(file);
	return least;
}
