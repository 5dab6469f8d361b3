#define _GNU_SOURCE
#include "state.h"

#include "runner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* The end of the line at `line`, if it is whole. */
static const char *end_of(const char *line, const char *end)
{
	return memchr(line, '\n', (size_t)(end - line));
}

/* Without the heap, which may be two mappings if it has grown after a fork. Read
 * without stdio: the buffer of a stream may be a mapping itself. */
static int count_mappings(void)
{
	static char text[1 << 20];
	const int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got;
	int mappings = 0;

	if (fd < 0)
		return -1;
	while (used < sizeof(text) &&
	       (got = read(fd, text + used, sizeof(text) - used)) > 0)
		used += (size_t)got;
	close(fd);
	const char *const end = text + used;
	for (const char *line = text, *last; (last = end_of(line, end));
	     line = last + 1)
		mappings += !memmem(line, (size_t)(last - line), "[heap]", 6);
	return mappings;
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
	    .mappings = SANITIZED ? 0 : count_mappings(),
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
