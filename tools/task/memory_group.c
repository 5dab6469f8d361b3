#define _POSIX_C_SOURCE 200809L
#include "memory_group.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Where the system mounts control groups. */
static const char mount_point[] = "/sys/fs/cgroup";

/* The files of each version. */
static const struct {
	const char *limit;
	const char *swap; /* memory and swap in version 1, swap in version 2 */
	const char *events;
	const char *kills; /* the line of `events` */
} files[] = {
    [1] = {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes",
           "memory.oom_control", "oom_kill"},
    [2] = {"memory.max", "memory.swap.max", "memory.events", "oom_kill"},
};

enum { REMOVE_TRIES = 50 }; /* half a second */

static bool write_file(const char *folder, const char *name, const char *text)
{
	struct text path = {0};

	text_print(&path, "%s/%s", folder, name);
	const int file = open(text_string(&path), O_WRONLY | O_CLOEXEC);
	text_free(&path);
	if (file < 0)
		return false;
	const ssize_t length = (ssize_t)strlen(text);
	const bool good = write(file, text, (size_t)length) == length;
	close(file);
	return good;
}

/* Whether the line is that of a controller's group of version 1, as in
 * "4:memory:/path". */
static bool has_memory(const char *line)
{
	const char *controllers = strchr(line, ':');
	const char *end = controllers ? strchr(controllers + 1, ':') : NULL;

	while (controllers && controllers < end) {
		const size_t length = strcspn(++controllers, ",:");

		if (length == 6 && !strncmp(controllers, "memory", 6))
			return true;
		controllers += length;
	}
	return false;
}

/* The folder of this process's group; 0 if it is not known, else the version.
 * */
static int find_own(struct text *folder)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[4096];
	int version = 0;

	while (file && version != 1 && fgets(line, sizeof(line), file)) {
		const bool is_second = !strncmp(line, "0::/", 4);
		const char *path = strchr(line, '/');

		line[strcspn(line, "\n")] = '\0';
		if (!path || (!is_second && !has_memory(line)))
			continue;
		version = is_second ? 2 : 1;
		text_clear(folder);
		text_print(folder, "%s%s%s", mount_point,
		           is_second ? "" : "/memory", path);
	}
	if (file)
		fclose(file);
	return version;
}

/* Of version 2, a group has a memory limit if its parent passes the controller
 * on, which a parent with processes of its own may not, but for the root. */
static bool make_folder(struct memory_group *group, const char *parent,
                        int rank)
{
	struct text path = {0};

	if (group->version == 2)
		write_file(parent, "cgroup.subtree_control", "+memory");
	text_print(&path, "%s/cohort-%ld-%d", parent, (long)getpid(), rank);
	if (mkdir(text_string(&path), 0777)) {
		text_free(&path);
		return false;
	}
	group->folder = path.bytes;
	return true;
}

/* Whether processes can join the group. */
static bool can_join(const struct memory_group *group)
{
	int status = -1;
	const pid_t child = fork();

	if (child == 0)
		_exit(write(group->processes, "0", 1) != 1);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return status == 0;
}

static bool limit(struct memory_group *group, uint64_t bytes)
{
	struct text path = {0};
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, bytes);
	if (!write_file(group->folder, files[group->version].limit, number))
		return false;
	/* A kernel without swap has no such file. */
	write_file(group->folder, files[group->version].swap,
	           group->version == 1 ? number : "0");
	if (group->version == 2)
		write_file(group->folder, "memory.oom.group", "1");
	text_print(&path, "%s/cgroup.procs", group->folder);
	group->processes = open(text_string(&path), O_WRONLY | O_CLOEXEC);
	text_free(&path);
	return group->processes >= 0 && can_join(group);
}

/* A group in the folder `parent`. */
static bool open_in(struct memory_group *group, int version, const char *parent,
                    uint64_t bytes, int rank)
{
	*group = (struct memory_group){.processes = -1, .version = version};
	if (!make_folder(group, parent, rank))
		return false;
	if (limit(group, bytes))
		return true;
	memory_group_close(group);
	return false;
}

/* Cuts the last name off the path of a group. False at the mount point. */
static bool go_up(struct text *folder)
{
	const char *path = text_string(folder);
	const char *slash = strrchr(path, '/');
	const size_t length = (size_t)(slash - path);

	if (length < strlen(mount_point) || !slash[1])
		return false;
	folder->bytes[length] = '\0';
	folder->length = length;
	return true;
}

bool memory_group_open(struct memory_group *group, uint64_t bytes, int rank)
{
	struct text own = {0};

	*group = (struct memory_group){.processes = -1};
	const int version = find_own(&own);
	bool good = version > 0 &&
	            open_in(group, version, text_string(&own), bytes, rank);
	/* The own group of version 2 has processes and passes no controller on.
	 * The one above it may, if systemd has left that to the user. */
	if (!good && version == 2 && go_up(&own))
		good = open_in(group, version, text_string(&own), bytes, rank);
	text_free(&own);
	return good;
}

static uint64_t count_kills(const struct memory_group *group)
{
	const char *name = files[group->version].kills;
	const size_t length = strlen(name);
	struct text path = {0};
	uint64_t kills = 0;
	char line[128];

	text_print(&path, "%s/%s", group->folder, files[group->version].events);
	FILE *file = fopen(text_string(&path), "re");
	text_free(&path);
	while (file && fgets(line, sizeof(line), file))
		if (!strncmp(line, name, length) && line[length] == ' ')
			kills = strtoull(line + length, NULL, 10);
	if (file)
		fclose(file);
	return kills;
}

void memory_group_begin(struct memory_group *group)
{
	if (group->folder)
		group->kills = count_kills(group);
}

bool memory_group_has_killed(const struct memory_group *group)
{
	return group->folder && count_kills(group) > group->kills;
}

/* Processes of it that were killed may not have gone yet. A process that a task
 * has left behind stays in it, and so does the folder. */
static void remove_folder(const char *folder)
{
	const struct timespec pause = {.tv_nsec = 10000000};

	for (int tries = 0; tries < REMOVE_TRIES; tries++) {
		if (!rmdir(folder) || errno != EBUSY)
			return;
		nanosleep(&pause, NULL);
	}
}

void memory_group_close(struct memory_group *group)
{
	if (group->processes >= 0)
		close(group->processes);
	if (group->folder)
		remove_folder(group->folder);
	free(group->folder);
	*group = (struct memory_group){.processes = -1};
}
