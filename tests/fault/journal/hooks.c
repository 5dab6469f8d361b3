#define _GNU_SOURCE
#include "hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct hooks *hooks;

const char *const hook_names[] = {
#define ROW(name, call) #call,
    HOOK_MAP(ROW)
#undef ROW
};

/* The names that the linker's option --wrap uses. */
int __real_open(const char *name, int flags, mode_t mode);
int __real_mkdir(const char *name, mode_t mode);
int __real_openat(int dir, const char *name, int flags, mode_t mode);
ssize_t __real_read(int fd, void *bytes, size_t count);
ssize_t __real_pread(int fd, void *bytes, size_t count, off_t offset);
ssize_t __real_pwrite(int fd, const void *bytes, size_t count, off_t offset);
ssize_t __real_writev(int fd, const struct iovec *parts, int count);
int __real_ftruncate(int fd, off_t bytes);
int __real_fdatasync(int fd);
int __real_fsync(int fd);
int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __real_unlinkat(int dir, const char *name, int flags);
int __real_close(int fd);
int __real_flock(int fd, int operation);
int __real_fstat(int fd, struct stat *out);
int __real_fcntl(int fd, int command, void *arg);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg);

int __wrap_open(const char *name, int flags, ...);
int __wrap_mkdir(const char *name, mode_t mode);
ssize_t __wrap_pwrite(int fd, const void *bytes, size_t count, off_t offset);
int __wrap_openat(int dir, const char *name, int flags, ...);
ssize_t __wrap_read(int fd, void *bytes, size_t count);
ssize_t __wrap_pread(int fd, void *bytes, size_t count, off_t offset);
ssize_t __wrap_writev(int fd, const struct iovec *parts, int count);
int __wrap_ftruncate(int fd, off_t bytes);
int __wrap_fdatasync(int fd);
int __wrap_fsync(int fd);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __wrap_close(int fd);
int __wrap_flock(int fd, int operation);
int __wrap_fstat(int fd, struct stat *out);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg);

void hooks_reset(void)
{
	if (!hooks)
		hooks = mmap(NULL, sizeof(*hooks), PROT_READ | PROT_WRITE,
		             MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(hooks, 0, sizeof(*hooks));
}

static _Noreturn void die(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

/* The process that starts the children has a thread of its own that makes
 * calls: it is not killed, and its calls are not counted. */
static bool deadly_here(void)
{
	return hooks && hooks->mode >= KILL_BEFORE &&
	       atomic_load(&hooks->spared) != getpid();
}

/* Whether this process has made its last call. */
static bool at_the_end(enum hook_mode from)
{
	return deadly_here() && hooks->mode >= from &&
	       atomic_load(&hooks->count) == atomic_load(&hooks->at);
}

/* Before a call: count it; whether it is to fail, with errno. */
static bool fails(enum hook kind)
{
	if (!hooks)
		return false;
	atomic_fetch_add(&hooks->calls[kind], 1);
	const int place = atomic_fetch_add(&hooks->logged, 1);
	if (place < LOG_BYTES - 1)
		hooks->log[place] = (char)('A' + kind);
	if (hooks->mode == PASS)
		return false;
	const bool deadly = deadly_here();
	if (!deadly && (hooks->mode >= KILL_BEFORE || hooks->kind != kind))
		return false;
	const int n = atomic_fetch_add(&hooks->count, 1) + 1;
	const int at = atomic_load(&hooks->at);
	if (hooks->mode == FAIL_ON ? n < at : n != at)
		return false;
	if (hooks->mode == KILL_BEFORE)
		die();
	errno = hooks->number;
	return !deadly;
}

/* After the call that was counted last, in its thread. */
static void survive(void)
{
	if (at_the_end(KILL_HALFWAY))
		die();
}

static bool interrupted(void)
{
	errno = EINTR;
	return hooks && atomic_load(&hooks->interrupt) &&
	       atomic_fetch_add(&hooks->interrupt, 1) % 2 == 1;
}

static size_t total(const struct iovec *parts, int count)
{
	size_t bytes = 0;

	for (int i = 0; i < count; i++)
		bytes += parts[i].iov_len;
	return bytes;
}

/* Write the first `bytes` bytes of the parts. */
static ssize_t write_some(int fd, const struct iovec *parts, int count,
                          size_t bytes)
{
	struct iovec some[8];
	int n = 0;

	for (; n < count && n < 8 && bytes > 0; n++) {
		some[n] = parts[n];
		if (some[n].iov_len > bytes)
			some[n].iov_len = bytes;
		bytes -= some[n].iov_len;
	}
	return __real_writev(fd, some, n);
}

ssize_t __wrap_writev(int fd, const struct iovec *parts, int count)
{
	const size_t half = total(parts, count) / 2;

	if (interrupted())
		return -1;
	if (fails(HOOK_WRITEV)) {
		const int saved = errno;
		if (hooks->mode == FAIL_HALF) {
			/* The call for the rest fails. */
			hooks->mode = FAIL;
			atomic_fetch_add(&hooks->at, 1);
			return write_some(fd, parts, count, half);
		}
		errno = saved;
		return -1;
	}
	if (hooks && hooks->mode == KILL_HALFWAY && at_the_end(KILL_HALFWAY)) {
		write_some(fd, parts, count, half);
		die();
	}
	ssize_t done = hooks && atomic_load(&hooks->short_io)
	                   ? write_some(fd, parts, count, 7)
	                   : __real_writev(fd, parts, count);
	survive();
	return done;
}

ssize_t __wrap_read(int fd, void *bytes, size_t count)
{
	if (interrupted() || fails(HOOK_READ))
		return -1;
	if (hooks && atomic_load(&hooks->short_io) && count > 7)
		count = 7;
	ssize_t done = __real_read(fd, bytes, count);
	survive();
	return done;
}

ssize_t __wrap_pread(int fd, void *bytes, size_t count, off_t offset)
{
	if (interrupted() || fails(HOOK_PREAD))
		return -1;
	if (hooks && atomic_load(&hooks->short_io) && count > 7)
		count = 7;
	ssize_t done = __real_pread(fd, bytes, count, offset);
	survive();
	return done;
}

ssize_t __wrap_pwrite(int fd, const void *bytes, size_t count, off_t offset)
{
	if (interrupted() || fails(HOOK_PWRITE))
		return -1;
	ssize_t done = __real_pwrite(fd, bytes, count, offset);
	survive();
	return done;
}

int __wrap_openat(int dir, const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	if (interrupted() || fails(HOOK_OPENAT))
		return -1;
	if (flags & O_CREAT) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	int fd = __real_openat(dir, name, flags, mode);
	survive();
	return fd;
}

/* The library makes no file with it, so there is no mode. */
int __wrap_open(const char *name, int flags, ...)
{
	if (interrupted() || fails(HOOK_OPEN))
		return -1;
	int fd = __real_open(name, flags, 0);
	survive();
	return fd;
}

/* The other calls, which do all or nothing. `can`: whether the call can be
 * interrupted. */
#define PLAIN(kind, can, call, parameters, arguments)               \
	int __wrap_##call parameters                                \
	{                                                           \
		if (((can) && interrupted()) || fails(HOOK_##kind)) \
			return -1;                                  \
		int done = __real_##call arguments;                 \
		survive();                                          \
		return done;                                        \
	}

PLAIN(FTRUNCATE, true, ftruncate, (int fd, off_t bytes), (fd, bytes))
PLAIN(FDATASYNC, true, fdatasync, (int fd), (fd))
PLAIN(FSYNC, true, fsync, (int fd), (fd))
PLAIN(FLOCK, true, flock, (int fd, int operation), (fd, operation))
PLAIN(MKDIR, false, mkdir, (const char *name, mode_t mode), (name, mode))
PLAIN(RENAMEAT, false, renameat,
      (int from_dir, const char *from, int to_dir, const char *to),
      (from_dir, from, to_dir, to))
PLAIN(UNLINKAT, false, unlinkat, (int dir, const char *name, int flags),
      (dir, name, flags))

/* A close that fails has closed the descriptor, as on Linux. */
int __wrap_close(int fd)
{
	const bool failed = fails(HOOK_CLOSE);
	const int saved = errno;

	__real_close(fd);
	survive();
	errno = saved;
	return failed ? -1 : 0;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg)
{
	if (fails(HOOK_THREAD))
		return errno;
	return __real_pthread_create(thread, attributes, start, arg);
}

int __wrap_fstat(int fd, struct stat *out)
{
	const int failed = __real_fstat(fd, out);

	if (!failed && hooks && atomic_load(&hooks->owner)) {
		out->st_uid = atomic_load(&hooks->owner);
		out->st_mode |= 0777;
	}
	return failed;
}

int __wrap_fcntl(int fd, int command, ...)
{
	va_list args;

	va_start(args, command);
	void *arg = va_arg(args, void *);
	va_end(args);
	if (command == F_OFD_SETLK && hooks && atomic_load(&hooks->no_locks)) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return __real_fcntl(fd, command, arg);
}
