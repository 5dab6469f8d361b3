/* The lock's file also names the process that took it. That is used in sentences
 * only. */
#define _POSIX_C_SOURCE 200809L
#include "lock.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "directory.h"
#include "file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { TEXT_BYTES = 128 };

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
		if (!isalnum((unsigned char)*c) && !strchr(".-_", *c))
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

cohort_status lock_take(int dir, const char *path, int *lock)
{
	int fd = file_open(dir, LOCK_NAME, O_RDWR | O_CREAT);
	int failed;

	if (fd < 0)
		return file_error(path, "open", LOCK_NAME);
	do
		failed = flock(fd, LOCK_EX | LOCK_NB);
	while (failed && errno == EINTR);
	if (failed) {
		cohort_status status =
		    errno == EWOULDBLOCK
		        ? lock_is_held(fd, path)
		        : file_error(path,
		                     "lock (its file system must have "
		                     "locks)",
		                     LOCK_NAME);
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
}
