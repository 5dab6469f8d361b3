/*
 * Time the ways to start a program, from a process that has MEGABYTES of memory in
 * use, which has an effect on those that copy it.
 *
 *	spawn_ways MEGABYTES ROUNDS PROGRAM [ARGUMENT]...
 *
 * In each round every way runs the program once, one after another, each round
 * beginning with the next way. Prints for each way: its name, the megabytes, the
 * median of the microseconds until this process goes on and has a pidfd of the
 * child, and of those until the child has ended and is reaped.
 */
#define _GNU_SOURCE /* vfork, clone3, MAP_ANONYMOUS */
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct started {
	pid_t pid; /* -1: it did not start */
	int pidfd;
};

typedef struct started start(char *arguments[]);

static struct started with_pidfd(pid_t pid)
{
	const struct started started = {
	    pid, pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1};

	return started;
}

static struct started start_fork(char *arguments[])
{
	const pid_t child = fork();

	if (child == 0) {
		execve(arguments[0], arguments, environ);
		_exit(127);
	}
	return with_pidfd(child);
}

static struct started start_posix_spawn(char *arguments[])
{
	pid_t child = -1;

	if (posix_spawn(&child, arguments[0], NULL, NULL, arguments, environ))
		return (struct started){-1, -1};
	return with_pidfd(child);
}

static struct started start_vfork(char *arguments[])
{
	const pid_t child = vfork();

	if (child == 0) {
		execve(arguments[0], arguments, environ);
		_exit(127);
	}
	return with_pidfd(child);
}

/*
 * The child runs on this process's stack, as after vfork: no function may have
 * been called between the system call and the one that ends the child, since its
 * return address would be overwritten. So the instruction stands here itself, on
 * the processor for which this is written.
 */
#if defined(__x86_64__)
static struct started __attribute__((noinline)) start_clone3(char *arguments[])
{
	int pidfd = -1;
	struct clone_args clone = {
	    .flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD,
	    .pidfd = (uintptr_t)&pidfd,
	    .exit_signal = SIGCHLD,
	};
	long child = SYS_clone3;

	__asm__ volatile("syscall"
	                 : "+a"(child)
	                 : "D"(&clone), "S"(sizeof(clone))
	                 : "rcx", "r11", "memory");
	if (child == 0) {
		execve(arguments[0], arguments, environ);
		_exit(127);
	}
	return (struct started){child > 0 ? (pid_t)child : -1, pidfd};
}
#endif

static const struct {
	const char *name;
	start *start;
} ways[] = {
    {"fork", start_fork},
    {"posix_spawn", start_posix_spawn},
    {"vfork", start_vfork},
#if defined(__x86_64__)
    {"clone3", start_clone3},
#endif
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static double microseconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return 1e6 * (double)time.tv_sec + 1e-3 * (double)time.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const double left = *(const double *)a;
	const double right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(double times[], size_t count)
{
	qsort(times, count, sizeof(*times), compare);
	return (times[(count - 1) / 2] + times[count / 2]) / 2;
}

/* Each page is in use, and none is a large one: such a process has as many
 * entries to copy as it can have. */
static int use_memory(size_t bytes)
{
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -1;
	madvise(memory, bytes, MADV_NOHUGEPAGE);
	memset(memory, 1, bytes);
	return 0;
}

static int run(size_t way, char *arguments[], double *begun, double *whole)
{
	const double start = microseconds();
	const struct started child = ways[way].start(arguments);
	int status = -1;

	*begun = microseconds() - start;
	if (child.pid < 0 || child.pidfd < 0)
		return -1;
	while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
		continue;
	*whole = microseconds() - start;
	close(child.pidfd);
	return status;
}

static int run_rounds(size_t rounds, char *arguments[], double *begun,
                      double *whole)
{
	for (size_t round = 0; round < rounds; round++)
		for (size_t turn = 0; turn < WAYS; turn++) {
			const size_t way = (round + turn) % WAYS;
			const size_t at = way * rounds + round;

			if (run(way, arguments, &begun[at], &whole[at])) {
				fprintf(stderr, "spawn_ways: %s: %s\n",
				        ways[way].name, arguments[0]);
				return -1;
			}
		}
	return 0;
}

int main(int argc, char *argv[])
{
	const size_t megabytes = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
	const size_t rounds = argc > 3 ? strtoul(argv[2], NULL, 10) : 0;

	if (megabytes < 1 || rounds < 1) {
		fputs("usage: spawn_ways MEGABYTES ROUNDS PROGRAM...\n",
		      stderr);
		return 2;
	}
	double *begun = calloc(WAYS * rounds, sizeof(*begun));
	double *whole = calloc(WAYS * rounds, sizeof(*whole));
	if (!begun || !whole || use_memory(megabytes << 20)) {
		perror("spawn_ways");
		return EXIT_FAILURE;
	}
	const int status = run_rounds(rounds, argv + 3, begun, whole);
	for (size_t way = 0; status == 0 && way < WAYS; way++)
		printf("%s %zu %.1f %.1f\n", ways[way].name, megabytes,
		       median(begun + way * rounds, rounds),
		       median(whole + way * rounds, rounds));
	free(begun);
	free(whole);
	return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
