#define _GNU_SOURCE /* robust mutexes, syscall */
#include "liveness.h"

#include "common/base/descriptor.h"
#include "common/base/system_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The same number on every architecture, as for all system calls that were
 * added after Linux 5.0. */
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

enum {
	PATH_BYTES = 64,
	STAT_BYTES = 1024,
	ENTRIES_BYTES = 1024,
	/* Fields of /proc/PID/stat behind the command's closing parenthesis,
	 * counted from 0. */
	FIELD_PARENT = 1,
	FIELD_FLAGS = 6,
	FIELD_EXIT_CODE = 49,
	/* Of the flags; the numbers are kernel ABI. */
	KERNEL_PF_EXITING = 4,
	KERNEL_PF_DUMPCORE = 0x200,
	TRIES = 10
};

static uint32_t mutex_word(const struct rank_record *record)
{
	return (uint32_t)__atomic_load_n(&record->life.__data.__lock,
	                                 __ATOMIC_ACQUIRE);
}

void liveness_begin(struct control_page *control, int rank)
{
	pthread_mutex_t *life = &control->records[rank].life;
	pthread_mutexattr_t attributes;

	atomic_store(&control->records[rank].process, (int)getpid());
	if (pthread_mutexattr_init(&attributes))
		return;
	if (!pthread_mutexattr_setpshared(&attributes,
	                                  PTHREAD_PROCESS_SHARED) &&
	    !pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) &&
	    !pthread_mutex_init(life, &attributes) && !pthread_mutex_lock(life))
		/* The kernel wakes nobody without this bit. */
		__atomic_fetch_or(&life->__data.__lock, (int)FUTEX_WAITERS,
		                  __ATOMIC_SEQ_CST);
	pthread_mutexattr_destroy(&attributes);
}

bool liveness_end(struct control_page *control, int rank)
{
	struct rank_record *record = &control->records[rank];

	return mutex_word(record) == 0 ||
	       !pthread_mutex_unlock(&record->life) ||
	       liveness_is_marked(record);
}

bool liveness_is_marked(const struct rank_record *record)
{
	return (mutex_word(record) & FUTEX_OWNER_DIED) != 0;
}

bool liveness_can_mark(const struct rank_record *record)
{
	const uint32_t word = mutex_word(record);

	return (word & FUTEX_TID_MASK) != 0 && !(word & FUTEX_OWNER_DIED);
}

/* Whether a thread has let go of its memory, or is gone. To read more of a
 * thread in /proc before this is not safe: the reader holds the memory
 * meanwhile, may be the last that does, and then frees it all itself. */
static bool memory_is_gone(const char *task)
{
	char path[3 * PATH_BYTES];
	char target[1];

	snprintf(path, sizeof(path), "%s/exe", task);
	return readlink(path, target, sizeof(target)) < 0 &&
	       (errno == ENOENT || errno == ESRCH);
}

/* What getdents64 writes for each name. */
struct kernel_entry {
	uint64_t inode;
	int64_t offset;
	uint16_t bytes; /* to the next one */
	uint8_t type;
	char name[];
};

/* Whether all threads in these entries have let go of their memory. */
static bool entries_end(const char *folder, const char *entries, long bytes)
{
	char task[2 * PATH_BYTES];

	for (long at = 0; at < bytes;) {
		const struct kernel_entry *entry =
		    (const struct kernel_entry *)(const void *)(entries + at);
		at += entry->bytes;
		if (entry->name[0] == '.')
			continue;
		snprintf(task, sizeof(task), "%s/%.20s", folder, entry->name);
		if (!memory_is_gone(task))
			return false;
	}
	return true;
}

/* Without opendir, which allocates memory: the monitor has given back what
 * malloc keeps. */
static bool all_threads_end(pid_t pid)
{
	char path[PATH_BYTES];
	_Alignas(struct kernel_entry) char entries[ENTRIES_BYTES];
	long got;
	bool all = true;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	int folder = descriptor_open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
	if (folder < 0)
		return false;
	do {
		got = syscall(SYS_getdents64, (long)folder, entries,
		              (long)sizeof(entries));
		all = got >= 0 && entries_end(path, entries, got);
	} while (all && got > 0);
	descriptor_close(&folder);
	return all;
}

/* The threads of a process that is killed let go of the memory within some
 * microseconds, if they get a core. */
static bool await_threads_end(pid_t pid)
{
	const struct timespec moment = {.tv_nsec = 20000};

	for (int i = 0; i < TRIES; i++) {
		if (all_threads_end(pid))
			return true;
		nanosleep(&moment, NULL);
	}
	return false;
}

static unsigned long long stat_field(const char *fields, int field)
{
	for (; fields && field > 0; field--) {
		fields = strchr(fields, ' ');
		fields = fields ? fields + 1 : NULL;
	}
	return fields ? strtoull(fields, NULL, 10) : 0;
}

/* How the process ends, if it has this flag. */
static bool read_ending(pid_t pid, unsigned flag,
                        struct liveness_ending *ending)
{
	char path[PATH_BYTES];
	char stat[STAT_BYTES];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	if (!system_file_read(path, stat, sizeof(stat)))
		return false;
	const char *fields = strrchr(stat, ')');
	fields = fields && fields[1] == ' ' ? fields + 2 : NULL;
	const int code = (int)stat_field(fields, FIELD_EXIT_CODE);
	/* The code is 0 too if this process may not read it. */
	if (!(stat_field(fields, FIELD_FLAGS) & flag) || code == 0)
		return false;
	const bool signalled = (code & 0x7f) != 0;
	*ending = (struct liveness_ending){
	    .signalled = signalled,
	    .end = signalled ? code & 0x7f : code >> 8 & 0xff,
	    .parent = (pid_t)stat_field(fields, FIELD_PARENT),
	};
	return true;
}

bool liveness_find_end(const struct rank_record *record,
                       struct liveness_ending *ending)
{
	const pid_t pid = atomic_load(&record->process);

	return pid > 0 && await_threads_end(pid) &&
	       read_ending(pid, KERNEL_PF_EXITING, ending);
}

bool liveness_find_dump(const struct rank_record *record,
                        struct liveness_ending *ending)
{
	const pid_t pid = atomic_load(&record->process);

	return pid > 0 && read_ending(pid, KERNEL_PF_DUMPCORE, ending);
}

/* As the kernel has it. */
struct awaited_word {
	uint64_t value;
	uint64_t address;
	uint32_t flags;
	uint32_t reserved;
};

static struct awaited_word await_word(const void *word, uint32_t value)
{
	return (struct awaited_word){.value = value,
	                             .address = (uintptr_t)word,
	                             .flags = 2}; /* of 32 bits */
}

/* False with errno ETIMEDOUT when the time is over. With another errno the
 * kernel has no such call, or a filter refuses it. */
static bool sleep_on(const struct awaited_word words[], int count,
                     double seconds)
{
	const time_t whole = (time_t)seconds;
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += whole;
	until.tv_nsec += (long)(1e9 * (seconds - (double)whole));
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return syscall(SYS_futex_waitv, words, (long)count, 0UL, &until,
	               (long)CLOCK_MONOTONIC) >= 0 ||
	       errno == EAGAIN || errno == EINTR;
}

/* False if that is not possible. */
static bool sleep_on_both(struct control_page *control,
                          const struct rank_record *record, uint32_t value,
                          int ms)
{
	const uint32_t life = mutex_word(record);
	const struct awaited_word words[] = {
	    await_word(&control->wakes, value),
	    await_word(&record->life.__data.__lock, life),
	};

	if (sizeof(long) < 8 || life == 0 || life & FUTEX_OWNER_DIED)
		return false;
	return sleep_on(words, 2, 1e-3 * ms) || errno == ETIMEDOUT;
}

void liveness_sleep(struct control_page *control, int rank, uint32_t value,
                    int ms)
{
	const struct timespec most = {.tv_nsec = ms * 1000000L};

	if (!sleep_on_both(control, &control->records[rank], value, ms))
		syscall(SYS_futex, &control->wakes, FUTEX_WAIT, value, &most,
		        NULL, 0);
}

enum liveness_slept liveness_sleep_any(const struct control_page *control,
                                       int size, int marks,
                                       const _Atomic uint32_t *word,
                                       uint32_t value, double seconds)
{
	struct awaited_word words[1 + LIVENESS_WATCHED_MOST];
	int marked = 0;

	if (sizeof(long) < 8 || size > LIVENESS_WATCHED_MOST)
		return LIVENESS_CANNOT_SLEEP;
	words[0] = await_word(word, value);
	for (int r = 0; r < size; r++) {
		const struct rank_record *record = &control->records[r];
		const uint32_t life = mutex_word(record);
		words[1 + r] = await_word(&record->life.__data.__lock, life);
		marked += (life & FUTEX_OWNER_DIED) != 0;
	}
	if (marked != marks || sleep_on(words, 1 + size, seconds))
		return LIVENESS_WOKEN;
	return errno == ETIMEDOUT ? LIVENESS_TIME_OVER : LIVENESS_CANNOT_SLEEP;
}
