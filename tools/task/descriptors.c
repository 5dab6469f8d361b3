#define _GNU_SOURCE /* close_range, SYS_getdents64 */
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ENTRY_BYTES = 4096 };

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

static bool mark(int number)
{
	return fcntl(number, F_SETFD, FD_CLOEXEC) == 0;
}

static bool close_it(int number)
{
	close(number);
	return true;
}

/* Act on the descriptors from `least` on, but `folder`, that these entries
 * name. */
static bool act_on(const char *entries, long bytes, int least, int folder,
                   bool (*act)(int number))
{
	for (long at = 0; at < bytes;) {
		const struct kernel_entry *entry =
		    (const struct kernel_entry *)(const void *)(entries + at);
		const int number = read_number(entry->name);

		if (number >= least && number != folder && !act(number))
			return false;
		at += entry->bytes;
	}
	return true;
}

/* For kernels before Linux 5.11. readdir would take memory. */
static bool act_on_each(int least, bool (*act)(int number))
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
		good = act_on(entries, bytes, least, folder, act);
	good = good && bytes == 0;
	close(folder);
	return good;
}

bool descriptors_close_on_exec(void)
{
	const int least = STDERR_FILENO + 1;

	return close_range((unsigned)least, ~0U, CLOSE_RANGE_CLOEXEC) == 0 ||
	       act_on_each(least, mark);
}

void descriptors_close_from(int least)
{
	if (close_range((unsigned)least, ~0U, 0))
		(void)act_on_each(least, close_it);
}
