#define _GNU_SOURCE
#include "expected.h"

#include <errno.h>
#include <string.h>

enum error_set {
	ON_ENOMEM = 1,
	ON_EIO = 2,
	ON_EINTR = 4,
	ON_EAGAIN = 8,
	ON_EPERM = 16,
	ON_ENOSYS = 32,
	ON_REFUSAL = ON_EPERM | ON_ENOSYS,
	ON_AGAIN = ON_EINTR | ON_EAGAIN,
	ON_ALL = 63,
};

const char *const error_names[ERRORS] = {"ENOMEM", "EIO",   "EINTR",
                                         "EAGAIN", "EPERM", "ENOSYS"};
const int error_numbers[ERRORS] = {ENOMEM, EIO, EINTR, EAGAIN, EPERM, ENOSYS};

/* Calls that cannot fail, or without which no process can go on. */
static const struct {
	const char *call;
	bool with_threads; /* only where the library has threads */
	const char *reason;
} exceptions[] = {
    {"getpid", false, "cannot fail"},
    {"getppid", false, "cannot fail"},
    {"gettid", false, "cannot fail"},
    {"getuid", false, "cannot fail"},
    {"geteuid", false, "cannot fail"},
    {"getgid", false, "cannot fail"},
    {"getegid", false, "cannot fail"},
    {"getpgrp", false, "cannot fail"},
    {"exit", false, "does not return"},
    {"exit_group", false, "does not return"},
    {"rt_sigreturn", false, "the process would stay in the handler's frame"},
    {"restart_syscall", false, "the kernel makes it, for the call before it"},
    {"brk", false, "returns an address, never an errno"},
    {"rseq", false,
     "the C library makes it for a new thread, and ends the process if the "
     "kernel takes back what it has let the first thread do"},
    {"futex", true,
     "the C library's locks are lost, or end the process, if a wake fails, "
     "which no kernel does; the library's own are in the setting without "
     "threads"},
};

/* Errors that must not be seen: the library tries again, does without the call,
 * or has nothing more to do. */
static const struct {
	const char *call;
	unsigned errors;
} survived[] = {
    {"close", ON_ALL},
    {"munmap", ON_ALL},
    {"madvise", ON_ALL},
    {"futex", ON_ALL},
    {"futex_waitv", ON_ALL},
    {"membarrier", ON_ALL},
    {"sched_yield", ON_ALL},
    {"prctl", ON_ALL},
    {"pidfd_open", ON_ALL},
    {"set_robust_list", ON_ALL},
    {"getpgid", ON_ALL},
    {"setpgid", ON_ALL},
    {"rt_sigtimedwait", ON_ALL},
    {"wait4", ON_ALL},
    {"waitid", ON_ALL},
    {"clone3", ON_ALL}, /* the threads that sync, and show the progress */
    {"uname", ON_ALL},
    {"ioctl", ON_ALL},
    {"sysinfo", ON_ALL},
    {"getrandom", ON_ALL},
    {"sched_getaffinity", ON_ALL},
    {"prlimit64", ON_ALL},
    {"getrlimit", ON_ALL},
    {"close_range", ON_ALL},
    {"write", ON_ALL}, /* the progress */
    {"kill", ON_REFUSAL},
    {"ppoll", ON_AGAIN | ON_REFUSAL},
    {"faccessat", ON_REFUSAL},
    {"recvfrom", ON_AGAIN},
    {"sendto", ON_AGAIN},
    {"recvmsg", ON_EINTR},
    {"sendmsg", ON_EINTR},
    {"read", ON_EINTR},
    {"pread64", ON_EINTR},
    {"openat", ON_EINTR},
    {"writev", ON_EINTR},
    {"fsync", ON_EINTR},
    {"fdatasync", ON_EINTR},
    {"ftruncate", ON_EINTR},
    {"flock", ON_EINTR},
};

/* Those of journals that some rank must be told of, but for EINTR. */
static const char *const told[] = {"fsync", "fdatasync", "writev", "renameat"};

/* The names of calls in sentences, where they are not the kernel's. */
static const struct {
	const char *call;
	const char *word;
} words[] = {
    {"clone", "fork"},       {"clone3", "thread"},
    {"eventfd2", "eventfd"}, {"recvfrom", "recv"},
    {"sendto", "send"},      {"ppoll", "poll"},
    {"getdents64", "read"},  {"newfstatat", "look"},
    {"openat", "open"},      {"pread64", "read"},
    {"pwrite64", "pwrite"},  {"rt_sigaction", "sigaction"},
};

enum {
	EXCEPTIONS = sizeof(exceptions) / sizeof(*exceptions),
	SURVIVED = sizeof(survived) / sizeof(*survived),
	WORDS = sizeof(words) / sizeof(*words),
	TOLD = sizeof(told) / sizeof(*told),
};

const char *expected_reason(const struct setting *setting, const char *call)
{
	for (int i = 0; i < EXCEPTIONS; i++)
		if (!strcmp(exceptions[i].call, call) &&
		    (!exceptions[i].with_threads || setting->threads))
			return exceptions[i].reason;
	return NULL;
}

static unsigned error_bit(const struct injection *injection)
{
	int i = 0;

	while (error_numbers[i] != injection->number)
		i++;
	return 1U << i;
}

bool expected_to_survive(const struct injection *injection)
{
	const unsigned error = error_bit(injection);

	for (int i = 0; i < SURVIVED; i++)
		if (!strcmp(survived[i].call, injection->call))
			return (survived[i].errors & error) != 0;
	return false;
}

bool expected_to_be_told(const struct injection *injection)
{
	for (int i = 0; i < TOLD; i++)
		if (!strcmp(told[i], injection->call))
			return injection->number != EINTR;
	return false;
}

const char *expected_word(const char *call)
{
	for (int i = 0; i < WORDS; i++)
		if (!strcmp(words[i].call, call))
			return words[i].word;
	return call;
}
