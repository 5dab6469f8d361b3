#define _POSIX_C_SOURCE 200809L
#include "file.h"

#include "common/base/c_locale.h"
#include "common/base/descriptor.h"
#include "common/base/error.h"
#include "common/base/write_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_open(int dir, const char *name, int flags)
{
	return descriptor_open(dir, name, flags | O_NOFOLLOW | O_NONBLOCK);
}

int file_open_path(const char *path, int flags)
{
	return descriptor_open(AT_FDCWD, path, flags);
}

bool file_identify(int fd, struct file_identity *out)
{
	struct stat about;
	int failed;

	do
		failed = fstat(fd, &about);
	while (failed && errno == EINTR);
	if (!failed)
		*out = (struct file_identity){about.st_dev, about.st_ino};
	return !failed;
}

bool file_is(int fd, struct file_identity identity)
{
	struct file_identity found;

	if (!file_identify(fd, &found))
		return false;
	if (found.device == identity.device && found.inode == identity.inode)
		return true;
	errno = EBADF;
	return false;
}

bool file_is_lost(int fd, struct file_identity identity)
{
	const bool is_known = identity.device || identity.inode;

	return is_known && !file_is(fd, identity) && errno == EBADF;
}

void file_close(int *fd, struct file_identity identity)
{
	if (*fd >= 0 && !file_is_lost(*fd, identity))
		descriptor_close(fd);
	*fd = -1;
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

static bool write_all(int fd, struct iovec *parts, int count)
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

bool file_write(int fd, struct iovec *parts, int count)
{
	struct write_signals signals;

	write_signals_block(&signals);
	const bool written = write_all(fd, parts, count);
	write_signals_restore(&signals, !written);
	return written;
}

/* The system takes less than all if the disk or the file becomes full, and says
 * so the next time. A system that takes less again and again cannot do it. */
enum { APPEND_TRIES = 3 };

static bool append_all(int fd, const struct iovec *parts, int count,
                       size_t whole)
{
	for (int tries = 0; tries < APPEND_TRIES;) {
		const ssize_t n = writev(fd, parts, count);
		if (n >= 0 && (size_t)n == whole)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
		tries += n >= 0;
	}
	errno = EIO;
	return false;
}

bool file_append(int fd, const struct iovec *parts, int count, size_t whole)
{
	struct write_signals signals;

	/* The system moves a single part faster than one and two empty ones. */
	while (count > 1 && parts[count - 1].iov_len == 0)
		count--;
	write_signals_block(&signals);
	const bool written = append_all(fd, parts, count, whole);
	write_signals_restore(&signals, !written);
	return written;
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
	                 action, name, error_text(errno));
}
