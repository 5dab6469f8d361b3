/* kill(-group, 0) does not tell: a leader that nobody has reaped yet belongs to
 * the group, and once it is reaped the group's id may be another's. */
#define _POSIX_C_SOURCE 200809L
#include "process_group.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* /proc/PID/stat is "PID (NAME) STATE PARENT GROUP ..."; the name may have any
 * characters. */
static bool runs_in(pid_t group, pid_t process)
{
	char path[32];
	char line[256];
	char state;
	int its_group;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)process);
	const int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	const ssize_t length = read(file, line, sizeof(line) - 1);
	close(file);
	if (length <= 0)
		return false;
	line[length] = '\0';
	const char *end = strrchr(line, ')');
	return end && sscanf(end, ") %c %*d %d", &state, &its_group) == 2 &&
	       its_group == group && state != 'Z' && state != 'X';
}

pid_t process_group_member(pid_t group, pid_t likely)
{
	if (likely > 0 && runs_in(group, likely))
		return likely;
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	pid_t member = 0;

	while (processes && !member && (entry = readdir(processes))) {
		const pid_t process = (pid_t)atoi(entry->d_name);

		if (process > 0 && process != group && runs_in(group, process))
			member = process;
	}
	if (processes)
		closedir(processes);
	return member;
}
