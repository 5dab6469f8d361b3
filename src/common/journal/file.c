#define _POSIX_C_SOURCE 200809L
#include "file.h"

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
	return fd;
}

void file_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

bool file_read(int fd, void *bytes, size_t room, size_t *got)
{
	size_t done = 0;

	while (done < room) {
		ssize_t n = read(fd, (char *)bytes + done, room - done);
		if (n == 0)
			break;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return false;
	}
	*got = done;
	return true;
}

/* What is left when `done` bytes of the parts are written. */
static int advance(struct iovec **parts, int count, size_t done)
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
	while ((count = advance(&parts, count, 0)) > 0) {
		ssize_t n = writev(fd, parts, count);
		if (n == 0)
			errno = EIO; /* there is no end to wait for */
		if (n > 0)
			count = advance(&parts, count, (size_t)n);
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

cohort_status file_error(const char *path, const char *what, const char *name)
{
	return error_set(COHORT_EIO,
	                 "cohort_scatter: journal %s: cannot %s %s: %s", path,
	                 what, name, strerror(errno));
}
