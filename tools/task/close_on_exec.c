#define _GNU_SOURCE /* close_range, SYS_getdents64 */
#include "close_on_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LEAST = STDERR_FILENO + 1, ENTRY_BYTES = 4096 };

/* An entry of a directory, as the kernel writes it. */
struct kernel_entry {
	uint64_t inode;
	int64_t offset;
	unsigned short bytes;
	unsigned char type;
	char name[];
};

/* -1 if the name is no number. */
static int read_number(const char *name)
{
	int number = 0;

	for (; *name; name++) {
		if (*name < '0' || *name > '9')
			return -1;
		number = number * 10 + (*name - '0');
	}
	return number;
}

static bool mark(const char *entries, long bytes)
{
	for (long at = 0; at < bytes;) {
		const struct kernel_entry *entry =
		    (const struct kernel_entry *)(const void *)(entries + at);
		const int number = read_number(entry->name);

		if (number >= LEAST && fcntl(number, F_SETFD, FD_CLOEXEC))
			return false;
		at += entry->bytes;
	}
	return true;
}

/* For kernels before Linux 5.11. readdir would take memory. */
static bool mark_each(void)
{
	_Alignas(struct kernel_entry) char entries[ENTRY_BYTES];
	long bytes;
	bool good = true;
	const int folder =
	    open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (folder < 0)
		return false;
	while (good && (bytes = syscall(SYS_getdents64, folder, entries,
	                                sizeof(entries))) > 0)
		good = mark(entries, bytes);
	good = good && bytes == 0;
	close(folder);
	return good;
}

bool close_on_exec(void)
{
	return close_range(LEAST, ~0U, CLOSE_RANGE_CLOEXEC) == 0 || mark_each();
}
