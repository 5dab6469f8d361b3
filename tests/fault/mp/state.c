#define _GNU_SOURCE
#include "state.h"

#include "runner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int state_descriptors(int pid)
{
	char path[64];
	int count = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	DIR *folder = opendir(path);
	const struct dirent *entry;
	if (!folder)
		return -1;
	while ((entry = readdir(folder)))
		count += entry->d_name[0] != '.';
	closedir(folder);
	return count;
}

/* Without stdio: the buffer of a stream may be a mapping itself. */
static int lines_of(const char *path)
{
	char text[4096];
	ssize_t got;
	int lines = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	while ((got = read(fd, text, sizeof(text))) > 0)
		for (ssize_t i = 0; i < got; i++)
			lines += text[i] == '\n';
	close(fd);
	return lines;
}

static long resident_pages(void)
{
	/* statm is only roughly right. */
	FILE *file = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	long kilobytes = 0;

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "Rss: %ld", &kilobytes) == 1)
			break;
	if (file)
		fclose(file);
	return kilobytes * 1024 / sysconf(_SC_PAGESIZE);
}

static bool has_children(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL) ==
	           0 ||
	       errno != ECHILD;
}

struct state state_now(void)
{
	return (struct state){
	    .descriptors = state_descriptors((int)getpid()),
	    .mappings = SANITIZED ? 0 : lines_of("/proc/self/maps"),
	    .children = has_children(),
	    .pages = resident_pages(),
	};
}

void state_expect_same(const struct state *before, const char *what)
{
	const struct state after = state_now();

	EXPECT(after.descriptors == before->descriptors,
	       "%s: %d descriptors, and %d before", what, after.descriptors,
	       before->descriptors);
	EXPECT(after.mappings == before->mappings,
	       "%s: %d mappings, and %d before", what, after.mappings,
	       before->mappings);
	EXPECT(after.children == before->children,
	       "%s: children are left, or gone", what);
}
