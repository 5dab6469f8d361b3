/* Closing all descriptors but some, also where close_range is refused. */
#define _GNU_SOURCE
#include "common/base/descriptor.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST = 256, VICTIMS = 3 };

static int compare(const void *a, const void *b)
{
	const int x = *(const int *)a;
	const int y = *(const int *)b;

	return (x > y) - (x < y);
}

/* Criterion's own descriptors must stay. */
static int list_open(int out[MOST])
{
	DIR *names = opendir("/proc/self/fd");
	const struct dirent *entry;
	int count = 0;

	cr_assert(names);
	while ((entry = readdir(names)) && count < MOST)
		if (entry->d_name[0] != '.' &&
		    atoi(entry->d_name) != dirfd(names))
			out[count++] = atoi(entry->d_name);
	closedir(names);
	qsort(out, (size_t)count, sizeof(*out), compare);
	return count;
}

static void refuse_close_range(void)
{
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	             offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 436, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(filter) / sizeof(*filter),
	                                   filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		cr_skip_test("no filter of system calls");
	cr_assert(syscall(436, 1000, 1000, 0) < 0 && errno == EPERM);
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static bool is_one_of(int fd, const int victims[VICTIMS])
{
	for (int v = 0; v < VICTIMS; v++)
		if (victims[v] == fd)
			return true;
	return false;
}

/* The victims lie between and above those that stay. */
static void expect_closed(void)
{
	int open_ones[MOST];
	int keep[MOST] = {-1}; /* a number below 0 is ignored */
	int victims[VICTIMS];
	int kept = 1;

	victims[0] = open("/dev/null", O_RDONLY);
	const int between = open("/dev/null", O_RDONLY);
	victims[1] = fcntl(between, F_DUPFD, between + 7);
	victims[2] = fcntl(between, F_DUPFD, 200);
	const int count = list_open(open_ones);
	for (int i = 0; i < count && kept < MOST; i++)
		if (!is_one_of(open_ones[i], victims))
			keep[kept++] = open_ones[i];
	descriptor_close_all_but(keep, kept);
	for (int v = 0; v < VICTIMS; v++)
		cr_expect(!is_open(victims[v]), "%d is open", victims[v]);
	for (int i = 1; i < kept; i++)
		cr_expect(is_open(keep[i]), "%d is closed", keep[i]);
	close(between);
}

Test(descriptor_close, by_ranges)
{
	expect_closed();
}

Test(descriptor_close, one_by_one)
{
	refuse_close_range();
	expect_closed();
}
