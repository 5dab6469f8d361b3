/* The lock's file also names the process that took it. That is used in
 * sentences only. */
#define _GNU_SOURCE /* F_OFD_SETLK */
#include "lock.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "directory.h"
#include "file.h"
#include "owner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_BYTES = 128 };

/* Of hosts. */
static const char name_characters[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

static void own_host(char out[LOCK_HOST_BYTES])
{
	if (gethostname(out, LOCK_HOST_BYTES))
		out[0] = '\0';
	out[LOCK_HOST_BYTES - 1] = '\0';
}

bool lock_parse(const char *text, size_t bytes, struct lock_holder *out)
{
	char copy[TEXT_BYTES];
	struct lock_holder holder;

	if (bytes >= sizeof(copy))
		return false;
	memcpy(copy, text, bytes);
	copy[bytes] = '\0';
	if (sscanf(copy, "process %ld on %64s", &holder.pid, holder.host) !=
	        2 ||
	    holder.pid <= 0)
		return false;
	for (const char *c = holder.host; *c; c++)
		if (!strchr(name_characters, *c))
			return false;
	*out = holder;
	return true;
}

/* The sentence for a lock that another process holds. */
static cohort_status lock_is_held(int fd, const char *path)
{
	char text[TEXT_BYTES];
	char host[LOCK_HOST_BYTES];
	struct lock_holder holder;
	size_t got;

	if (!descriptor_read(fd, text, sizeof(text), &got) ||
	    !lock_parse(text, got, &holder))
		return error_set(COHORT_ESTATE,
		                 "cohort_scatter: journal %s is in use by "
		                 "another run: wait for it, or name another",
		                 path);
	own_host(host);
	const bool here = !strcmp(host, holder.host);
	if (here && kill((pid_t)holder.pid, 0) && errno == ESRCH)
		return error_set(COHORT_ESTATE,
		                 "cohort_scatter: journal %s is in use by a "
		                 "child that process %ld left behind: wait "
		                 "for it, or end it",
		                 path, holder.pid);
	return error_set(COHORT_ESTATE,
	                 "cohort_scatter: journal %s is in use by process %ld "
	                 "on %s: wait for it, or name another",
	                 path, holder.pid, holder.host);
}

/* Without the text no sentence can name this process, which is no failure. */
static void write_holder(int fd)
{
	char host[LOCK_HOST_BYTES];
	char text[TEXT_BYTES];

	own_host(host);
	const int bytes = snprintf(text, sizeof(text), "process %ld on %s\n",
	                           (long)getpid(), host);
	struct iovec part = {text, (size_t)bytes};
	if (!file_cut(fd, 0) || !file_write(fd, &part, 1))
		file_cut(fd, 0);
}

/* The file is overwritten, so it must be one that cohort has made: not another
 * file of this user under a second name, and not somebody else's. */
static cohort_status check_file(int dir, const char *path, int fd)
{
	struct stat about;

	if (fstat(fd, &about))
		return file_error(path, "look at", LOCK_NAME);
	const enum owner_file file = owner_look(dir, &about);
	if (file == OWNER_PLAIN)
		return COHORT_OK;
	return error_set(COHORT_EINVAL,
	                 "cohort_scatter: journal %s: " LOCK_NAME " is %s: "
	                 "remove it if no run uses the journal",
	                 path,
	                 file == OWNER_NO_FILE ? "not a plain file"
	                 : file == OWNER_LINKED
	                     ? "a second name of another file"
	                     : "another user's file");
}

static bool lacks_locks(int error)
{
	return error == ENOLCK || error == ENOSYS || error == EINVAL ||
	       error == EOPNOTSUPP;
}

/* Some network file systems have locks of records only. Like the others these
 * belong to the open file, and not to the process. */
static int lock_records(int fd, short type)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_SETLK, &lock);
}

/* 0, or -1 with errno: EWOULDBLOCK if another process holds the lock. */
static int lock_file(int fd)
{
	int failed;

	do
		failed = flock(fd, LOCK_EX | LOCK_NB);
	while (failed && errno == EINTR);
	if (!failed || !lacks_locks(errno))
		return failed;
	do
		failed = lock_records(fd, F_WRLCK);
	while (failed && errno == EINTR);
	if (failed && errno == EACCES)
		errno = EWOULDBLOCK;
	return failed;
}

static cohort_status lock_failed(int fd, const char *path, enum lock_need need)
{
	if (errno == EWOULDBLOCK)
		return lock_is_held(fd, path);
	if (!lacks_locks(errno))
		return file_error(path, "lock", LOCK_NAME);
	if (need == LOCK_REQUIRED)
		return file_error(
		    path,
		    "lock (its file system has no locks: mount it with them, "
		    "as Lustre with -o flock, or name a directory elsewhere; "
		    "with COHORT_JOURNAL_UNLOCKED=1 nobody notices two runs at "
		    "once, and each of them does all tasks)",
		    LOCK_NAME);
	log_line(LOG_WARN, 0,
	         "journal %s has no lock, because its file system has none and "
	         "COHORT_JOURNAL_UNLOCKED is 1: let no other run use it",
	         path);
	return COHORT_OK;
}

cohort_status lock_take(int dir, const char *path, enum lock_need need,
                        int *lock)
{
	int fd = file_open(dir, LOCK_NAME, O_RDWR | O_CREAT);

	if (fd < 0)
		return file_error(path, "open", LOCK_NAME);
	cohort_status status = check_file(dir, path, fd);
	if (status == COHORT_OK && lock_file(fd))
		status = lock_failed(fd, path, need);
	if (status != COHORT_OK) {
		descriptor_close(&fd);
		return status;
	}
	write_holder(fd);
	*lock = fd;
	return COHORT_OK;
}

void lock_release(int lock)
{
	flock(lock, LOCK_UN);
	lock_records(lock, F_UNLCK);
}
