/*
 * A sandbox refuses system calls that the library can do without: with EPERM or
 * EACCES as container engines do, or with ENOSYS as old kernels do. Everything
 * works. The filter is there before the open, or comes after it, when the library
 * has already used the call.
 */
#define _GNU_SOURCE
#include "scenarios.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

enum { ANY_FLAGS = -1, NO_SUCH_CALL = -1 };

#ifndef SYS_poll
#define SYS_poll NO_SUCH_CALL /* ppoll is all that there is */
#endif

static const struct {
	long number;
	long flags; /* refused with this first argument only, or ANY_FLAGS */
} calls[] = {
    {SYS_clone, 0},   /* that of hidden_fork; other forks have flags */
    {435, ANY_FLAGS}, /* clone3 */
    {436, ANY_FLAGS}, /* close_range */
    {439, ANY_FLAGS}, /* faccessat2 */
    {434, ANY_FLAGS}, /* pidfd_open */
    {SYS_poll, ANY_FLAGS},
    {SYS_ppoll, ANY_FLAGS},
    {SYS_pselect6, ANY_FLAGS},
    {SYS_membarrier, ANY_FLAGS},
    {SYS_madvise, ANY_FLAGS},
    {SYS_sysinfo, ANY_FLAGS},
    {SYS_sched_getaffinity, ANY_FLAGS},
    {SYS_sched_yield, ANY_FLAGS},
    {SYS_getcpu, ANY_FLAGS},
    {SYS_getrandom, ANY_FLAGS},
    {SYS_prctl, PR_SET_PDEATHSIG},
    {SYS_prctl, PR_SET_NAME},
    {SYS_prlimit64, ANY_FLAGS},
#ifdef SYS_getrlimit
    {SYS_getrlimit, ANY_FLAGS},
#endif
    {SYS_setpgid, ANY_FLAGS},
    {SYS_uname, ANY_FLAGS},
    {SYS_ioctl, ANY_FLAGS},
    {SYS_statx, ANY_FLAGS},
    {SYS_waitid, ANY_FLAGS},
};
static const struct {
	int error;
	bool after; /* the open */
} ways[] = {
    {EPERM, false},
    {EPERM, true},
    {EACCES, false},
    {ENOSYS, false},
};

enum {
	CALLS = sizeof(calls) / sizeof(*calls),
	WAYS = sizeof(ways) / sizeof(*ways),
};

const int sandbox_count = CALLS * WAYS;

static void refuse(long number, long flags, int error)
{
	const unsigned char others_pass = flags != ANY_FLAGS;
	struct sock_filter filter[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	             offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
	             offsetof(struct seccomp_data, args)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)flags, 0,
	             others_pass),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {sizeof(filter) / sizeof(*filter),
	                                   filter};

	if (number == NO_SUCH_CALL)
		return;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		perror("seccomp");
		exit(GUEST_WRONG);
	}
}

static int refused; /* the number of the scenario */

static void refuse_now(int rank)
{
	(void)rank;
	refuse(calls[refused % CALLS].number, calls[refused % CALLS].flags,
	       ways[refused / CALLS].error);
}

enum guest_end run_sandboxed(const char *journal, int number)
{
	const bool after = ways[number / CALLS].after;
	const struct guest guest = {.journal = journal,
	                            .opened = after ? refuse_now : NULL};

	refused = number;
	if (!after)
		refuse_now(0);
	return guest_run(&guest);
}

/* Without it an MPI waits for ever, or ends the program. */
static bool mpi_needs(long number)
{
	return number == SYS_poll;
}

static void refuse_all_now(int rank)
{
	(void)rank;
	for (int i = 0; i < CALLS; i++)
		if (!mpi_needs(calls[i].number))
			refuse(calls[i].number, calls[i].flags,
			       ways[refused].error);
}

enum guest_end run_sandboxed_rank(const char *journal, int number)
{
	const struct guest guest = {.journal = journal,
	                            .opened = refuse_all_now};

	refused = number;
	return guest_run(&guest);
}

static void refuse_ends(int rank)
{
	(void)rank;
	refuse(434, ANY_FLAGS, EPERM); /* pidfd_open */
	refuse(SYS_waitid, ANY_FLAGS, EPERM);
}

/* Tasks take longer than the rank's wait between two questions whether their
 * process has ended. */
static bool take_time(void)
{
	nanosleep(&(struct timespec){0, 7 * 1000 * 1000}, NULL);
	return true;
}

/* Neither of the two calls that tell of a process's end. */
enum guest_end run_without_ends(const char *journal, int number)
{
	const struct guest guest = {.journal = journal,
	                            .opened = number ? refuse_ends : NULL,
	                            .check = take_time};

	if (number == 0)
		refuse_ends(0);
	return guest_run(&guest);
}

static void refuse_polls(int rank)
{
	(void)rank;
	refuse(SYS_poll, ANY_FLAGS, EPERM);
	refuse(SYS_ppoll, ANY_FLAGS, EPERM);
	refuse(SYS_pselect6, ANY_FLAGS, EPERM);
}

/* Nothing is left to sleep on descriptors with: calls over sockets return a
 * status, and nobody waits for ever. */
enum guest_end run_without_polls(const char *journal, int number)
{
	const struct guest guest = {.journal = journal,
	                            .opened = number ? refuse_polls : NULL};

	if (number == 0)
		refuse_polls(0);
	return guest_run(&guest);
}
