/* Nothing that the library opens or maps has a name. */
#define _GNU_SOURCE
#include "calls.h"
#include "runner.h"
#include "scenarios.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RANKS = 4 };

/* Whether /proc/net/unix gives the socket of this number a name, or says that
 * it listens (flag 0x10000). */
static bool socket_is_public(unsigned long wanted)
{
	FILE *file = fopen("/proc/net/unix", "re");
	char line[512];
	bool is_public = false;

	while (file && fgets(line, sizeof(line), file)) {
		unsigned long flags;
		unsigned long inode;
		char name[256] = "";
		if (sscanf(line, "%*s %*s %*s %lx %*s %*s %lu %255s", &flags,
		           &inode, name) >= 2 &&
		    inode == wanted)
			is_public = name[0] || (flags & 0x10000);
	}
	if (file)
		fclose(file);
	return is_public;
}

/* Every descriptor of this process is anonymous. */
static void expect_anonymous_descriptors(int *sockets)
{
	DIR *folder = opendir("/proc/self/fd");
	const struct dirent *entry;
	unsigned long inode;

	while (folder && (entry = readdir(folder))) {
		char to[PATH_MAX];
		const int fd = atoi(entry->d_name);
		const ssize_t length = readlinkat(dirfd(folder), entry->d_name,
		                                  to, sizeof(to) - 1);
		if (length < 0 || fd <= 2 || fd == dirfd(folder))
			continue;
		to[length] = '\0';
		if (sscanf(to, "socket:[%lu]", &inode) == 1) {
			EXPECT(!socket_is_public(inode), "%s is public", to);
			++*sockets;
		} else {
			EXPECT(!strncmp(to, "anon_inode:", 11), "%s", to);
		}
		EXPECT(fcntl(fd, F_GETFD) & FD_CLOEXEC,
		       "%s is not closed on exec", to);
	}
	if (folder)
		closedir(folder);
}

/* The ranks' parameters are in a memfd. It has a name in this list only and in no
 * folder, and no process can write to it. */
static void expect_anonymous_memory(void)
{
	FILE *file = fopen("/proc/self/maps", "re");
	char line[512];

	while (file && fgets(line, sizeof(line), file))
		EXPECT(!strstr(line, "/dev/shm") &&
		           (!strstr(line, "memfd:") || strstr(line, " r--p ")),
		       "%s", line);
	if (file)
		fclose(file);
}

static void close_what_came_along(void)
{
	for (int fd = 3; fd < 1000; fd++)
		close(fd);
}

static void look_for_names(void)
{
	int sockets = 0;

	close_what_came_along();
	cohort *group = enter(RANKS, 0);
	bool right;
	cohort_status status = collectives_all(group, 1000, &right);
	EXPECT(status == COHORT_OK, "%s", cohort_error());
	expect_anonymous_descriptors(&sockets);
	expect_anonymous_memory();
	EXPECT(sockets > 0 || !cohort_is_root(group), "no sockets at all");
	cohort_close(group);
}

void scenario_nothing_named(void)
{
	EXPECT(run(look_for_names).code == 0, "exit status");
}
