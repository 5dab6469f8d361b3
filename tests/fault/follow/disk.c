#define _GNU_SOURCE
#include "disk.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* For the files that a run begins with. */
enum { PAGES_FIRST = 4 };

static const char *mounted;

bool disk_mount(const char *folder)
{
	if (unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", folder, "tmpfs", 0, "mode=700"))
		return false;
	mounted = folder;
	return true;
}

bool disk_leave(long bytes)
{
	char size[64];
	struct statvfs now;

	if (!mounted)
		return false;
	if (statvfs(mounted, &now)) {
		perror("statvfs");
		exit(99);
	}
	const unsigned long used = now.f_blocks - now.f_bfree;
	snprintf(size, sizeof(size), "size=%lu",
	         bytes > 0 ? (used + PAGES_FIRST) * now.f_frsize +
	                         (unsigned long)bytes
	                   : 1UL << 30);
	if (mount("none", mounted, "tmpfs", MS_REMOUNT, size)) {
		perror("mount");
		exit(99);
	}
	return true;
}

void disk_unmount(void)
{
	if (mounted && umount(mounted))
		perror("umount");
	mounted = NULL;
}

void disk_limit(long bytes)
{
	const struct rlimit most = {(rlim_t)bytes, RLIM_INFINITY};

	if (bytes > 0)
		setrlimit(RLIMIT_FSIZE, &most);
}
