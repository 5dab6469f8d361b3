#define _POSIX_C_SOURCE 200809L
#include "file.h"

#include "common/base/descriptor.h"
#include "common/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int file_open(int dir, const char *name, int flags)
{
	int fd;

	do
		fd = openat(dir, name,
		            flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	while (fd < 0 && errno == EINTR);
	return descriptor_raise(fd);
}

int file_open_path(const char *path, int flags)
{
	int fd;

	do
		fd = open(path, flags | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	return descriptor_raise(fd);
}

/* Remove the first `done` bytes, which are written, from the parts; returns the
 * number of parts that are left. */
static int drop_written(struct iovec **parts, int count, size_t done)
{
	while (count > 0 && done >= (*parts)->iov_len) {
		done -= (*parts)->iov_len;
		(*parts)++;
		count--;
	}
	if (count > 0) {
		(*parts)->iov_base = (char *)(*parts)->iov_base + done;
		(*parts)->iov_len -= done;
	}
	return count;
}

bool file_write(int fd, struct iovec *parts, int count)
{
	while ((count = drop_written(&parts, count, 0)) > 0) {
		ssize_t n = writev(fd, parts, count);
		if (n == 0)
			errno = EIO; /* repeating it might never end */
		if (n > 0)
			count = drop_written(&parts, count, (size_t)n);
		else if (errno != EINTR)
			return false;
	}
	return true;
}

bool file_cut(int fd, uint64_t bytes)
{
	int failed;

	do
		failed = ftruncate(fd, (off_t)bytes);
	while (failed && errno == EINTR);
	return !failed;
}

bool file_sync_data(int fd)
{
	int failed;

	do
		failed = fdatasync(fd);
	while (failed && errno == EINTR);
	return !failed;
}

bool file_sync(int fd)
{
	int failed;

	do
		failed = fsync(fd);
	while (failed && errno == EINTR);
	return !failed;
}

bool file_sync_directory(int fd)
{
	return file_sync(fd) || errno == EINVAL || errno == ENOTSUP;
}

cohort_status file_error(const char *path, const char *action, const char *name)
{
	return error_set(COHORT_EIO,
	                 "cohort_scatter: journal %s: cannot %s %s: %s", path,
	                 action, name, strerror(errno));
}
