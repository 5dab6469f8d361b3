/*
 * Some file systems (FAT, many network mounts) show the same owner and mode for
 * every file, whoever makes it. A new file shows that: it does not get the
 * owner or the mode with which it was made. On such a file system cohort
 * accepts a journal whatever its owner and mode. Nobody can misuse that where
 * owners and modes are kept, because a new file has the right ones there.
 */
#define _GNU_SOURCE /* syscall */
#include "owner.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "file.h"
#include "file_names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char probe_prefix[] = "owner-";
static const char probe_suffix[] = ".new";

bool owner_is_probe(const char *name)
{
	const size_t suffix = sizeof(probe_suffix) - 1;
	const size_t length = strlen(name);

	return !strncmp(name, probe_prefix, sizeof(probe_prefix) - 1) &&
	       length > suffix && !strcmp(name + length - suffix, probe_suffix);
}

/* Make a file and remove it: *out is what the system says of it. */
static bool probe_directory(int dir, struct stat *out)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%ld%s", probe_prefix, (long)getpid(),
	         probe_suffix);
	/* A process of this number may have left one. */
	unlinkat(dir, name, 0);
	int fd = file_open(dir, name, O_WRONLY | O_CREAT | O_EXCL);
	if (fd < 0)
		return false;
	const bool known = !fstat(fd, out);
	unlinkat(dir, name, 0);
	descriptor_close(&fd);
	return known;
}

/* Whether the file system, and no user, causes the foreign owner or the mode: a
 * new file has the same. */
static bool is_the_file_systems(int dir, const struct stat *about)
{
	struct stat probe;

	return probe_directory(dir, &probe) &&
	       (about->st_uid == geteuid() || probe.st_uid == about->st_uid) &&
	       (!(about->st_mode & S_IWOTH) || probe.st_mode & S_IWOTH);
}

static bool is_journal(int dir)
{
	struct stat about;

	return !fstatat(dir, IDENTITY_NAME, &about, AT_SYMLINK_NOFOLLOW);
}

static cohort_status refuse(const char *path, const struct stat *about)
{
	if (about->st_uid != geteuid())
		return error_set(
		    COHORT_EINVAL,
		    "cohort_scatter: journal %s belongs to user %lu, but this "
		    "process is user %lu: name a directory of your own (where "
		    "none is, mount the file system with your uid=)",
		    path, (unsigned long)about->st_uid,
		    (unsigned long)geteuid());
	return error_set(COHORT_EINVAL,
	                 "cohort_scatter: journal %s can be written to by "
	                 "every user, so its contents cannot be trusted: name "
	                 "a directory that only you can write to (where all "
	                 "are like this, mount the file system with "
	                 "umask=077)",
	                 path);
}

/* Whether this process may read and write in the directory. A sandbox may
 * refuse the newer call, faccessat2, which the C library makes; then the system
 * calls that follow will tell. The older one asks about the real user. */
static bool may_use(int dir)
{
	const int mode = R_OK | W_OK | X_OK;

	if (geteuid() == getuid() && getegid() == getgid())
		return !syscall(SYS_faccessat, dir, ".", mode) ||
		       errno == EPERM || errno == ENOSYS;
	return !faccessat(dir, ".", mode, AT_EACCESS) || errno == EPERM;
}

cohort_status owner_check(int dir, const char *path, bool made)
{
	struct stat about;

	if (fstat(dir, &about))
		return file_error(path, "look at", "it");
	if (about.st_uid != geteuid() || about.st_mode & S_IWOTH) {
		if (!is_the_file_systems(dir, &about))
			return refuse(path, &about);
		if (!made && !is_journal(dir))
			return error_set(
			    COHORT_EINVAL,
			    "cohort_scatter: journal %s is on a file system "
			    "without owners or modes, where cohort uses only "
			    "directories that it has made itself: name a path "
			    "that does not exist yet",
			    path);
	}
	if (!may_use(dir))
		return file_error(path, "read and write", "in it");
	return COHORT_OK;
}

static bool has_owner(int dir, const struct stat *file)
{
	struct stat about;

	return file->st_uid == geteuid() ||
	       (!fstat(dir, &about) && file->st_uid == about.st_uid);
}

enum owner_file owner_look(int dir, const struct stat *file)
{
	if (!S_ISREG(file->st_mode))
		return OWNER_NO_FILE;
	if (file->st_nlink > 1)
		return OWNER_LINKED;
	return has_owner(dir, file) ? OWNER_PLAIN : OWNER_OTHER;
}

int owner_open(int dir, const char *name, int flags)
{
	int fd = file_open(dir, name, flags);
	struct stat about;

	if (fd < 0)
		return fd;
	const bool known = !fstat(fd, &about);
	if (known && owner_look(dir, &about) == OWNER_PLAIN)
		return fd;
	if (known)
		errno = EPERM;
	descriptor_close(&fd);
	return -1;
}
