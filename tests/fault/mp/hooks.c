#define _GNU_SOURCE
#include "hooks.h"

#include "mp/control_page.h"
#include "mp/liveness.h"
#include "mp/shm/zero_copy.h"
#include "runner.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

struct hooks *hooks;

static const int numbers[] = {
#define ROW(name, call, number, words) number,
    HOOK_MAP(ROW)
#undef ROW
};

static const char *const names[] = {
#define ROW(name, call, number, words) #call,
    HOOK_MAP(ROW)
#undef ROW
};

/* The names that the linker gives the wrapped functions (--wrap). */
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
char *__real_strdup(const char *text);
void *__real_mmap(void *at, size_t bytes, int protection, int flags, int fd,
                  off_t offset);
int __real_socketpair(int domain, int type, int protocol, int ends[2]);
pid_t __real_fork(void);
long __real_syscall(long number, long a, long b, long c, long d, long e,
                    long f);
int __real_eventfd(unsigned start, int flags);
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __real_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __real_send(int fd, const void *data, size_t bytes, int flags);
ssize_t __real_recv(int fd, void *data, size_t bytes, int flags);
int __real_ppoll(struct pollfd *polls, nfds_t count,
                 const struct timespec *most, const sigset_t *mask);
int __real_kill(pid_t pid, int number);
ssize_t __real_process_vm_readv(pid_t process, const struct iovec *local,
                                unsigned long locals,
                                const struct iovec *remote,
                                unsigned long remotes, unsigned long flags);
void __real_control_break(struct control_page *control,
                          const struct world_failure *world_failure);
bool __real_liveness_find_end(const struct rank_record *record,
                              struct liveness_ending *ending);
void __real_zero_copy_offer(struct rendezvous *rdv, const void *data,
                            size_t bytes);

void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);
char *__wrap_strdup(const char *text);
void *__wrap_mmap(void *at, size_t bytes, int protection, int flags, int fd,
                  off_t offset);
int __wrap_socketpair(int domain, int type, int protocol, int ends[2]);
pid_t __wrap_fork(void);
long __wrap_syscall(long number, ...);
int __wrap_eventfd(unsigned start, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t __wrap_send(int fd, const void *data, size_t bytes, int flags);
ssize_t __wrap_recv(int fd, void *data, size_t bytes, int flags);
int __wrap_ppoll(struct pollfd *polls, nfds_t count,
                 const struct timespec *most, const sigset_t *mask);
int __wrap_kill(pid_t pid, int number);
ssize_t __wrap_process_vm_readv(pid_t process, const struct iovec *local,
                                unsigned long locals,
                                const struct iovec *remote,
                                unsigned long remotes, unsigned long flags);
void __wrap_control_break(struct control_page *control,
                          const struct world_failure *world_failure);
bool __wrap_liveness_find_end(const struct rank_record *record,
                              struct liveness_ending *ending);
void __wrap_zero_copy_offer(struct rendezvous *rdv, const void *data,
                            size_t bytes);

const char *hook_name(enum hook kind)
{
	return names[kind];
}

void hooks_reset(void)
{
	if (!hooks)
		hooks =
		    __real_mmap(NULL, sizeof(*hooks), PROT_READ | PROT_WRITE,
		                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(hooks, 0, sizeof(*hooks));
}

/* Whether this call is one that is to fail; errno says how. */
static bool fails(enum hook kind)
{
	if (!hooks || hooks->kind != kind || atomic_load(&hooks->at) == 0)
		return false;
	const int count = atomic_fetch_add(&hooks->count, 1) + 1;
	const int at = atomic_load(&hooks->at);
	if (hooks->mode == ONCE ? count != at : count < at)
		return false;
	errno = numbers[kind];
	return true;
}

/* In a poll no bytes are moved. */
static void strike(size_t bytes)
{
	if (!hooks || atomic_load(&hooks->victim) != (int)getpid() ||
	    bytes < hooks->victim_bytes)
		return;
	if (atomic_fetch_add(&hooks->victim_count, 1) + 1 != hooks->victim_at)
		return;
	shared->event = now();
	kill(getpid(), hooks->victim_signal);
}

static void strike_sleeper(void)
{
	int self = (int)getpid();

	if (hooks && atomic_compare_exchange_strong(&hooks->sleeper, &self, 0))
		raise(SIGUSR1);
}

static size_t cut(size_t bytes)
{
	return hooks && bytes > 1 && atomic_load(&hooks->cut) ? 1 : bytes;
}

void *__wrap_malloc(size_t bytes)
{
	return fails(HOOK_MALLOC) ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
	return fails(HOOK_CALLOC) ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *memory, size_t bytes)
{
	return fails(HOOK_MALLOC) ? NULL : __real_realloc(memory, bytes);
}

char *__wrap_strdup(const char *text)
{
	return fails(HOOK_MALLOC) ? NULL : __real_strdup(text);
}

void *__wrap_mmap(void *at, size_t bytes, int protection, int flags, int fd,
                  off_t offset)
{
	if (fails(HOOK_MMAP))
		return MAP_FAILED;
	return __real_mmap(at, bytes, protection, flags, fd, offset);
}

int __wrap_socketpair(int domain, int type, int protocol, int ends[2])
{
	if (fails(HOOK_SOCKETPAIR))
		return -1;
	return __real_socketpair(domain, type, protocol, ends);
}

/* Returns when rank 0 has ended: on a busy machine it may take longer to get a core
 * for that than the monitor takes for all its forks. */
static void kill_root(void)
{
	const pid_t root = getppid();

	kill(root, SIGKILL);
	while (getppid() == root)
		nap(1e-4);
	shared->event = now();
}

pid_t __wrap_fork(void)
{
	if (fails(HOOK_FORK))
		return -1;
	const int wanted = hooks ? hooks->kill_fork : 0;
	const int root_at = hooks ? hooks->kill_root_at : 0;
	const int forks =
	    wanted || root_at ? atomic_fetch_add(&hooks->forks, 1) + 1 : 0;
	pid_t pid = __real_fork();
	if (pid > 0 && hooks)
		atomic_store(&hooks->monitor, (int)getpid());
	if (pid > 0 && root_at && forks == root_at)
		kill_root();
	if (wanted &&
	    ((pid == 0 && forks == wanted) || (pid > 0 && forks == -wanted))) {
		shared->event = now();
		kill(getpid(), SIGKILL);
	}
	return pid;
}

/* It takes as many arguments as any call has: a sanitizer would say that some
 * were not passed. */
__attribute__((no_sanitize("address"))) long __wrap_syscall(long number, ...)
{
	long values[6];
	va_list args;

	if (number == SYS_clone && fails(HOOK_CLONE))
		return -1;
	if (number == SYS_futex_waitv && hooks && atomic_load(&hooks->is_old)) {
		errno = ENOSYS;
		return -1;
	}
	if (number == SYS_futex_waitv || number == SYS_futex)
		strike_sleeper();
	va_start(args, number);
	for (int i = 0; i < 6; i++)
		values[i] = va_arg(args, long);
	va_end(args);
	return __real_syscall(number, values[0], values[1], values[2],
	                      values[3], values[4], values[5]);
}

int __wrap_eventfd(unsigned start_at, int flags)
{
	return fails(HOOK_EVENTFD) ? -1 : __real_eventfd(start_at, flags);
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
	if (fails(HOOK_SENDMSG))
		return -1;
	return __real_sendmsg(fd, message, flags);
}

ssize_t __wrap_recvmsg(int fd, struct msghdr *message, int flags)
{
	if (fails(HOOK_RECVMSG))
		return -1;
	return __real_recvmsg(fd, message, flags);
}

ssize_t __wrap_send(int fd, const void *data, size_t bytes, int flags)
{
	strike(bytes);
	return __real_send(fd, data, cut(bytes), flags);
}

ssize_t __wrap_recv(int fd, void *data, size_t bytes, int flags)
{
	strike(bytes);
	return __real_recv(fd, data, cut(bytes), flags);
}

int __wrap_ppoll(struct pollfd *polls, nfds_t count,
                 const struct timespec *most, const sigset_t *mask)
{
	strike(0);
	strike_sleeper();
	return __real_ppoll(polls, count, most, mask);
}

/* A process that has been waited for has no session either. */
int __wrap_kill(pid_t pid, int number)
{
	if (hooks && atomic_load(&hooks->watches_kills) &&
	    (pid <= 1 || getsid(pid) != getsid(0))) {
		atomic_fetch_add(&hooks->strange_kills, 1);
		errno = ESRCH;
		return -1;
	}
	if (hooks && atomic_load(&hooks->naps) &&
	    atomic_exchange(&hooks->naps, 0))
		nap(hooks->nap_seconds);
	return __real_kill(pid, number);
}

/* Reads half of what is asked for; then comes the middle. */
ssize_t __wrap_process_vm_readv(pid_t process, const struct iovec *local,
                                unsigned long locals,
                                const struct iovec *remote,
                                unsigned long remotes, unsigned long flags)
{
	const struct iovec half = {remote->iov_base, (remote->iov_len + 1) / 2};

	if (!hooks)
		return __real_process_vm_readv(process, local, locals, remote,
		                               remotes, flags);
	const int count = atomic_fetch_add(&hooks->reads, 1) + 1;
	if (hooks->refused_from && count >= hooks->refused_from) {
		errno = EPERM;
		return -1;
	}
	const ssize_t got =
	    __real_process_vm_readv(process, local, locals, &half, 1, flags);
	if (hooks->in_read)
		hooks->in_read(process);
	return got;
}

/* 1: somebody has begun to write. */
void __wrap_control_break(struct control_page *control,
                          const struct world_failure *world_failure)
{
	if (hooks && atomic_load(&hooks->reporter) == (int)getpid()) {
		atomic_store(&control->broken, 1);
		shared->event = now();
		kill(getpid(), SIGKILL);
	}
	__real_control_break(control, world_failure);
}

bool __wrap_liveness_find_end(const struct rank_record *record,
                              struct liveness_ending *ending)
{
	const double killed = hooks ? atomic_load(&hooks->root_killed) : 0;

	if (killed > 0 && now() < killed + hooks->unasked &&
	    atomic_load(&hooks->monitor) != (int)getpid())
		atomic_fetch_add(&hooks->early_looks, 1);
	return __real_liveness_find_end(record, ending);
}

/* The offer is in the rank's arrival from the next rendezvous on. */
void __wrap_zero_copy_offer(struct rendezvous *rdv, const void *data,
                            size_t bytes)
{
	__real_zero_copy_offer(rdv, data, bytes);
	if (hooks && hooks->offer)
		memcpy(&rdv->offer, &hooks->offer, sizeof(rdv->offer));
}
