/*
 * The journal's system calls, linked through wrappers. A wrapper can make the
 * n-th call fail, make it do half of its work, or kill the process before or
 * after it. The calls are counted in memory that all processes of the program
 * share.
 */
#ifndef FAULT_JOURNAL_HOOKS_H
#define FAULT_JOURNAL_HOOKS_H

#include <stdatomic.h>

#define HOOK_MAP(X)             \
	X(OPEN, open)           \
	X(MKDIR, mkdir)         \
	X(OPENAT, openat)       \
	X(READ, read)           \
	X(PREAD, pread)         \
	X(PWRITE, pwrite)       \
	X(WRITEV, writev)       \
	X(FTRUNCATE, ftruncate) \
	X(FDATASYNC, fdatasync) \
	X(FSYNC, fsync)         \
	X(RENAMEAT, renameat)   \
	X(UNLINKAT, unlinkat)   \
	X(CLOSE, close)         \
	X(FLOCK, flock)         \
	X(THREAD, pthread_create)

enum hook {
#define HOOK_ENUM(name, call) HOOK_##name,
	HOOK_MAP(HOOK_ENUM)
#undef HOOK_ENUM
	    HOOKS
};

enum { LOG_BYTES = 256 };

extern const char *const hook_names[];

enum hook_mode {
	PASS,
	FAIL,         /* with `number`, the at-th call */
	FAIL_ON,      /* the at-th call and all later ones */
	FAIL_HALF,    /* a write does half of its work, and then fails */
	KILL_BEFORE,  /* the process dies before the at-th call of any kind, */
	KILL_HALFWAY, /* after it, a write having done half of its work, */
	KILL_AFTER    /* or after it */
};

struct hooks {
	enum hook_mode mode;
	enum hook kind; /* for the modes that fail */
	int number;     /* errno */
	_Atomic int at; /* from 1; 0: never */
	_Atomic int count;
	_Atomic int spared;       /* process that no mode kills; 0: none */
	_Atomic int calls[HOOKS]; /* of each kind, whatever the mode */
	_Atomic int logged;       /* the kinds, in order, */
	char log[LOG_BYTES];      /* as letters from A on */
	_Atomic int short_io;     /* writes and reads move up to 7 bytes */
	_Atomic int interrupt;    /* every other call is interrupted */
	_Atomic int no_locks;     /* the file system has none of records */
	/* The file system shows this owner for every file, and mode 777; 0: it
	 * shows what is there. */
	_Atomic unsigned owner;
};

extern struct hooks *hooks;

void hooks_reset(void);

#endif
