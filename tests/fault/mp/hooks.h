/*
 * The library's system calls, linked through wrappers that can make them fail,
 * fall short, or be the last thing that a process does. They do nothing until
 * they are armed, and count in memory that all processes of a program share.
 */
#ifndef FAULT_HOOKS_H
#define FAULT_HOOKS_H

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What can fail, its errno, and the words that a sentence names it with. clone
 * is the library's own fork; realloc and strdup count as malloc. */
#define HOOK_MAP(X)                                     \
	X(MALLOC, malloc, ENOMEM, "alloc")              \
	X(CALLOC, calloc, ENOMEM, "alloc")              \
	X(MMAP, mmap, ENOMEM, "mmap")                   \
	X(SOCKETPAIR, socketpair, EMFILE, "socketpair") \
	X(FORK, fork, EAGAIN, "fork")                   \
	X(CLONE, clone, EAGAIN, "fork")                 \
	X(EVENTFD, eventfd, EMFILE, "eventfd")          \
	X(SENDMSG, sendmsg, ENOBUFS, "sendmsg")         \
	X(RECVMSG, recvmsg, ENOBUFS, "recvmsg")

enum hook {
#define HOOK_ENUM(name, call, number, words) HOOK_##name,
	HOOK_MAP(HOOK_ENUM)
#undef HOOK_ENUM
	    HOOKS
};

enum hook_mode { ONCE, FROM_THEN_ON };

struct hooks {
	/* Fail call `at` of this kind: 1 is the first; 0: none fails. */
	enum hook kind;
	enum hook_mode mode;
	_Atomic int at;
	_Atomic int count;
	/* The process that gets `signal` at its `at`th send, recv or poll; if
	 * `bytes` is not 0, polls and smaller transfers do not count. */
	_Atomic int victim;
	int victim_signal;
	int victim_at;
	size_t victim_bytes;
	_Atomic int victim_count;
	/* The n-th fork's child, or if negative its parent, is killed. */
	int kill_fork;
	/* The monitor kills rank 0 after its n-th fork; 0: it does not. */
	int kill_root_at;
	_Atomic int forks;
	/* The first kill of the library's comes so much later, if `naps` is 1;
	 * and how often another process than the monitor, which has forked
	 * last, has looked in /proc for the end of a rank within `unasked`
	 * seconds after `root_killed`. */
	_Atomic int naps;
	double nap_seconds;
	double unasked;
	_Atomic double root_killed;
	_Atomic int early_looks;
	_Atomic int monitor;
	/* send and recv move one byte at a time. */
	_Atomic int cut;
	/* The process that gets SIGUSR1 when it sleeps next in a call. */
	_Atomic int sleeper;
	/* There is no futex_waitv, as before Linux 5.16. */
	_Atomic int is_old;
	/* The process that is killed while it writes why the world is broken. */
	_Atomic int reporter;
	/* Every kill of the library's must be of a process of the program: one
	 * with its getsid(). Others are counted, and not done. */
	_Atomic int watches_kills;
	_Atomic int strange_kills;
	/* The address that a rank offers instead of its data's; 0: that one. */
	uintptr_t offer;
	/* Of reading another rank's memory: so many have been made; from this
	 * one on the system refuses them (0: it does not); and what the reader
	 * does in the middle of each (NULL: nothing). */
	_Atomic int reads;
	int refused_from;
	void (*in_read)(pid_t owner);
};

extern struct hooks *hooks; /* shared */

/* The call that fails. */
const char *hook_name(enum hook kind);

/* Map and clear them; to be called by the driver, before a start. */
void hooks_reset(void);

#endif
