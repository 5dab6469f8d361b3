#define _GNU_SOURCE
#include "task_deaths.h"

#include "sweep.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void segfault(void)
{
	/* volatile hides the bad address from the compiler. */
	volatile int *volatile nowhere = (volatile int *)(uintptr_t)16;

	*nowhere = 1;
}

static void divide_by_zero(void)
{
	raise(SIGFPE);
}

static void exit_0(void)
{
	exit(0);
}

static void exit_3(void)
{
	exit(3);
}

static void leave_5(void)
{
	_exit(5);
}

static void kill_itself(void)
{
	kill(getpid(), SIGKILL);
}

static void kill_group(void)
{
	kill(0, SIGKILL);
}

static void end_thread(void)
{
	pthread_exit(NULL);
}

jmp_buf outside_of_task;

static void jump_out(void)
{
	longjmp(outside_of_task, 1);
}

static void become_another(void)
{
	execl("/bin/sh", "sh", "-c", "exit 9", (char *)NULL);
}

/* Most programs do this when they have no memory. */
static void exhaust_memory(void)
{
	const struct rlimit limit = {(rlim_t)1 << 26, (rlim_t)1 << 26};

	setrlimit(RLIMIT_AS, &limit);
	for (;;) {
		char *more = malloc((size_t)1 << 20);
		if (!more) {
			task_dies();
			abort();
		}
		memset(more, 1, (size_t)1 << 20);
	}
}

/* As the kernel does where a stack has no room left. */
static void exhaust_stack(void)
{
	const struct rlimit limit = {(rlim_t)1 << 16, (rlim_t)1 << 16};
	const uintptr_t top = (uintptr_t)&limit;

	setrlimit(RLIMIT_STACK, &limit);
	*(volatile char *)(top - ((uintptr_t)1 << 24)) = 1;
}

const struct task_death task_deaths[TASK_DEATHS] = {
    {"segfault", segfault, "signal 11", false},
    {"division by zero", divide_by_zero, "signal 8", false},
    {"abort", abort, "signal 6", false},
    {"exit(0)", exit_0, "status 0", false},
    {"exit(3)", exit_3, "status 3", false},
    {"_exit(5)", leave_5, "status 5", false},
    {"kill -9", kill_itself, "signal 9", false},
    {"kill -9 of its group", kill_group, "signal 9", false},
    {"pthread_exit", end_thread, "did not return", false},
    {"longjmp", jump_out, "left by longjmp", false},
    {"exec", become_another, "status 9", false},
    {"no memory", exhaust_memory, "signal 6", true},
    {"no stack", exhaust_stack, "signal 11", true},
};
