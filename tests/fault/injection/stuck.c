#define _GNU_SOURCE
#include "stuck.h"

#include "../../storm/descendants.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 320, LINE_BYTES = 128 };

/* The file's first line that begins so, from behind that; "?" if there is none. */
static void read_line(const char *folder, const char *name, const char *begin,
                      char line[LINE_BYTES])
{
	char path[PATH_BYTES + 16];
	const size_t length = strlen(begin);

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "re");
	bool found = false;
	while (file && !found && fgets(line, LINE_BYTES, file))
		found = strncmp(line, begin, length) == 0;
	if (file)
		fclose(file);
	if (!found) {
		strcpy(line, "?");
		return;
	}
	memmove(line, line + length, strlen(line + length) + 1);
	line[strcspn(line, "\n")] = '\0';
}

static void describe_thread(const char *folder, pid_t pid,
                            char text[STUCK_BYTES])
{
	char name[LINE_BYTES];
	char state[LINE_BYTES];
	char call[LINE_BYTES];
	char waits[LINE_BYTES];
	const size_t used = strlen(text);

	read_line(folder, "comm", "", name);
	read_line(folder, "status", "State:\t", state);
	read_line(folder, "syscall", "", call);
	read_line(folder, "wchan", "", waits);
	snprintf(text + used, STUCK_BYTES - used, "%d %s: %s, in call %s, %s\n",
	         (int)pid, name, state, call, waits);
}

static void describe_process(pid_t pid, char text[STUCK_BYTES])
{
	char path[PATH_BYTES];
	const struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	DIR *threads = opendir(path);
	while (threads && (entry = readdir(threads)))
		if (*entry->d_name != '.') {
			snprintf(path, sizeof(path), "/proc/%d/task/%s",
			         (int)pid, entry->d_name);
			describe_thread(path, pid, text);
		}
	if (threads)
		closedir(threads);
}

static void describe_below(pid_t pid, char text[STUCK_BYTES])
{
	pid_t child;

	for (int n = 1; (child = descendants_child(pid, n)) != 0; n++) {
		describe_process(child, text);
		describe_below(child, text);
	}
}

void stuck_describe(pid_t pid, char text[STUCK_BYTES])
{
	*text = '\0';
	describe_below(pid, text);
}
