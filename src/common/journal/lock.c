/* The lock's file also says who took it; that is for sentences only. */
#define _POSIX_C_SOURCE 200809L
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

static void own_host(char out[65])
{
	if (gethostname(out, 65))
		out[0] = '\0';
	out[64] = '\0';
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

static cohort_status in_use(int fd, const char *path)
{
	char text[TEXT_BYTES];
	char host[65];
	struct lock_holder holder;
	size_t got;

	if (!file_read(fd, text, sizeof(text), &got) ||
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

static void sign(int fd)
{
	char host[65];
	char text[TEXT_BYTES];

	own_host(host);
	const int bytes = snprintf(text, sizeof(text), "process %ld on %s\n",
	                           (long)getpid(), host);
	struct iovec part = {text, (size_t)bytes};
	/* Without it a sentence names nobody: nothing is lost. */
	if (!file_cut(fd, 0) || !file_write(fd, &part, 1))
		file_cut(fd, 0);
}

cohort_status lock_take(int dir, const char *path, int *lock)
{
	const int fd = file_open(dir, LOCK_NAME, O_RDWR | O_CREAT);
	int failed;

	if (fd < 0)
		return file_error(path, "open", LOCK_NAME);
	do
		failed = flock(fd, LOCK_EX | LOCK_NB);
	while (failed && errno == EINTR);
	if (failed) {
		cohort_status status =
		    errno == EWOULDBLOCK
		        ? in_use(fd, path)
		        : file_error(path,
		                     "lock (its file system must have "
		                     "locks)",
		                     LOCK_NAME);
		close(fd);
		return status;
	}
	sign(fd);
	*lock = fd;
	return COHORT_OK;
}

void lock_release(int lock)
{
	flock(lock, LOCK_UN);
}
