#define _GNU_SOURCE /* robust mutexes, syscall */
#include "liveness.h"

#include "common/base/descriptor.h"
#include "common/base/system_file.h"

#include <dirent.h>
#include <errno.h>
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

/* Whether a thread has let go of its memory, or is gone. To read more of a
 * thread in /proc before this is not safe: the reader holds the memory
 * meanwhile, may be the last that does, and then frees it all itself. */
static bool memory_is_gone(const char *task)
{
	char path[PATH_BYTES + 300];
	char target[1];

	snprintf(path, sizeof(path), "%s/exe", task);
	return readlink(path, target, sizeof(target)) < 0 &&
	       (errno == ENOENT || errno == ESRCH);
}

static bool all_threads_end(pid_t pid)
{
	char path[PATH_BYTES];
	char task[PATH_BYTES + 260];
	const struct dirent *entry;
	bool all = true;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	DIR *folder = descriptor_list(path);
	if (!folder)
		return false;
	while (all && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(task, sizeof(task), "%s/%s", path, entry->d_name);
		all = memory_is_gone(task);
	}
	closedir(folder);
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

/* False if the kernel has no such call, or a filter refuses it. */
static bool sleep_on_both(struct control_page *control,
                          const struct rank_record *record, uint32_t value,
                          int ms)
{
	const uint32_t life = mutex_word(record);
	struct {
		uint64_t value;
		uint64_t address;
		uint32_t flags;
		uint32_t reserved;
	} words[] = {
	    {value, (uintptr_t)&control->wakes, 2, 0}, /* 2: of 32 bits */
	    {life, (uintptr_t)&record->life.__data.__lock, 2, 0},
	};
	struct timespec until;

	if (sizeof(long) < 8 || life == 0 || life & FUTEX_OWNER_DIED)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += ms * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	return syscall(SYS_futex_waitv, words, 2UL, 0UL, &until,
	               (long)CLOCK_MONOTONIC) >= 0 ||
	       errno == EAGAIN || errno == ETIMEDOUT || errno == EINTR;
}

void liveness_sleep(struct control_page *control, int rank, uint32_t value,
                    int ms)
{
	const struct timespec most = {.tv_nsec = ms * 1000000L};

	if (!sleep_on_both(control, &control->records[rank], value, ms))
		syscall(SYS_futex, &control->wakes, FUTEX_WAIT, value, &most,
		        NULL, 0);
}
