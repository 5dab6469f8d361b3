#define _GNU_SOURCE /* F_DUPFD_CLOEXEC, memfd_create, syscall */
#include "descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The same number on every architecture, as for all system calls that were
 * added after Linux 5.0. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { FIRST_FREE = STDERR_FILENO + 1 };

int descriptor_raise(int fd)
{
	if (fd < 0 || fd >= FIRST_FREE)
		return fd;
	const int raised = fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FREE);
	descriptor_close(&fd);
	return raised;
}

void descriptor_close(int *fd)
{
	const int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

int descriptor_open(int dir, const char *path, int flags)
{
	int fd;

	do
		fd = openat(dir, path, flags | O_CLOEXEC, 0600);
	while (fd < 0 && errno == EINTR);
	return descriptor_raise(fd);
}

unsigned descriptor_hold_standard(void)
{
	unsigned held = 0;
	int fd;

	while ((fd = open("/dev/null", O_RDWR | O_CLOEXEC)) >= 0 &&
	       fd < FIRST_FREE)
		held |= 1U << fd;
	descriptor_close(&fd);
	return held;
}

void descriptor_release_standard(unsigned held)
{
	for (int fd = 0; fd < FIRST_FREE; fd++)
		if (held & 1U << fd)
			close(fd);
}

DIR *descriptor_list(const char *path)
{
	int fd = descriptor_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
	DIR *names = fd < 0 ? NULL : fdopendir(fd);

	if (!names)
		descriptor_close(&fd);
	return names;
}

int descriptor_socket_pair(int type, int ends[2])
{
	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends))
		return -1;
	ends[0] = descriptor_raise(ends[0]);
	ends[1] = descriptor_raise(ends[1]);
	if (ends[0] >= 0 && ends[1] >= 0)
		return 0;
	descriptor_close(&ends[0]);
	descriptor_close(&ends[1]);
	return -1;
}

int descriptor_event(void)
{
	return descriptor_raise(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

/* Linux gives no file type to what has no inode of its own. Where a system
 * does, /proc has the name. */
static bool is_event(int fd)
{
	static const char name[] = "anon_inode:";
	char path[64];
	char target[64];
	struct stat stat;

	if (fstat(fd, &stat))
		return errno != EBADF;
	if ((stat.st_mode & S_IFMT) == 0)
		return true;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	const ssize_t bytes = readlink(path, target, sizeof(target));
	return bytes < (ssize_t)sizeof(name) ||
	       !memcmp(target, name, sizeof(name) - 1);
}

void descriptor_event_signal(int fd)
{
	const uint64_t one = 1;
	const int saved = errno;

	if (is_event(fd)) {
		const ssize_t written = write(fd, &one, sizeof(one));
		(void)written;
	}
	errno = saved;
}

void descriptor_event_clear(int fd)
{
	uint64_t number;
	const int saved = errno;

	if (is_event(fd)) {
		const ssize_t got = read(fd, &number, sizeof(number));
		(void)got;
	}
	errno = saved;
}

void descriptor_event_close(int *fd)
{
	if (*fd >= 0 && is_event(*fd))
		descriptor_close(fd);
	*fd = -1;
}

int descriptor_memory(const char *name)
{
	return descriptor_raise(
	    memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

bool descriptor_read(int fd, void *bytes, size_t room, size_t *got)
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

bool descriptor_read_at(int fd, uint64_t offset, void *bytes, size_t room,
                        size_t *got)
{
	size_t done = 0;

	while (done < room) {
		ssize_t n = pread(fd, (char *)bytes + done, room - done,
		                  (off_t)(offset + done));
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

/* As close_range, without it. A process may have descriptors above its limit,
 * from before it was lowered, and the limit may be a billion. So the list is
 * the kernel's, if there is a /proc. */
static void close_each(unsigned first, unsigned last)
{
	DIR *names = descriptor_list("/proc/self/fd");
	const struct dirent *entry;
	const long open_max = sysconf(_SC_OPEN_MAX);

	while (names && (entry = readdir(names))) {
		char *end;
		const unsigned long number = strtoul(entry->d_name, &end, 10);
		if (end != entry->d_name && number >= first && number <= last &&
		    number != (unsigned long)dirfd(names))
			close((int)number);
	}
	if (names) {
		closedir(names);
		return;
	}
	for (unsigned i = first; i <= last && (long)i < open_max; i++)
		close((int)i);
}

/* Kernels before 5.9 do not have close_range. */
static void close_range_or_each(unsigned first, unsigned last)
{
	if (first <= last && syscall(SYS_close_range, first, last, 0U))
		close_each(first, last);
}

void descriptor_close_all_but(const int keep[], int count)
{
	unsigned first = 0;

	for (int i = 0; i < count; i++) {
		if (keep[i] < 0)
			continue;
		if ((unsigned)keep[i] > first)
			close_range_or_each(first, (unsigned)keep[i] - 1);
		first = (unsigned)keep[i] + 1;
	}
	close_range_or_each(first, UINT_MAX);
}
