/*
 * Traces a rank of a launcher, and makes one of the system calls fail that are the
 * library's own. strace cannot tell them from those of MPI, which are made in the
 * same threads; mpi_marks.c says which are which.
 *
 *	injection_catch TRACE MARKS [CALL ERROR OCCURRENCE] -- PROGRAM ARGUMENT...
 *
 *	TRACE   the file to which each call of the library is written, as by strace
 *	MARKS   libinjection_marks_FAMILY.so, which is preloaded
 *	ERROR   its number
 *
 * In each process and thread the call with that number among its calls of the kind
 * fails. Leaves with the status of the program, when its processes have ended.
 */
#define _GNU_SOURCE
#include "call_names.h"
#include "marks.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NUMBERS = 1024, TRACEES = 512, NOT_CAUGHT = 125 };

/* Of a process or thread. */
struct tracee {
	pid_t pid;
	bool begun; /* all from here on counts */
	int depth;  /* of calls of MPI that it is in */
	bool fails; /* the call that it is in */
	bool half;  /* its first stop has come, or its parent's, but not both */
	int counts[NUMBERS];
};

static struct tracee *tracees[TRACEES];

static struct {
	int file;
	long number; /* of the call that fails; -1: none does */
	int error;
	int occurrence;
} how = {.number = -1};

static const char *name_of(long number)
{
	for (size_t i = 0; i < sizeof(call_names) / sizeof(*call_names); i++)
		if (call_names[i].number == number)
			return call_names[i].name;
	return "unknown";
}

static struct tracee *tracee_of(pid_t pid)
{
	struct tracee **room = NULL;

	for (int i = 0; i < TRACEES; i++)
		if (!tracees[i])
			room = room ? room : &tracees[i];
		else if (tracees[i]->pid == pid)
			return tracees[i];
	if (!room || !(*room = calloc(1, sizeof(**room))))
		exit(NOT_CAUGHT);
	(*room)->pid = pid;
	return *room;
}

static void forget(pid_t pid)
{
	for (int i = 0; i < TRACEES; i++)
		if (tracees[i] && tracees[i]->pid == pid) {
			free(tracees[i]);
			tracees[i] = NULL;
		}
}

static void go_on(pid_t pid, int signal)
{
	ptrace(PTRACE_SYSCALL, pid, NULL, (long)signal);
}

static void write_call(pid_t pid, long number, bool fails)
{
	char line[128];
	const int bytes =
	    snprintf(line, sizeof(line), "%d %s()%s\n", (int)pid,
	             name_of(number), fails ? " = -1 (INJECTED)" : "");

	if (write(how.file, line, (size_t)bytes) != bytes)
		exit(NOT_CAUGHT);
}

/* Another number, which the kernel does not have; or the call's result. */
static void set_number(pid_t pid, long value, bool result)
{
	struct user_regs_struct registers;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &registers))
		return;
	if (result)
		registers.rax = (unsigned long long)value;
	else
		registers.orig_rax = (unsigned long long)value;
	ptrace(PTRACE_SETREGS, pid, NULL, &registers);
}

static void enter_call(struct tracee *tracee, long number)
{
	if (number == MARK_BEGIN || number == MARK_END)
		tracee->begun = number == MARK_BEGIN;
	else if (number == MARK_ENTER || number == MARK_LEAVE)
		tracee->depth += number == MARK_ENTER ? 1 : -1;
	else if (tracee->begun && tracee->depth == 0 && number >= 0 &&
	         number < NUMBERS) {
		const int count = ++tracee->counts[number];
		tracee->fails = number == how.number && count == how.occurrence;
		write_call(tracee->pid, number, tracee->fails);
		if (tracee->fails)
			set_number(tracee->pid, -1, false);
	}
}

static void on_call(pid_t pid)
{
	struct tracee *tracee = tracee_of(pid);
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) < 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		enter_call(tracee, (long)info.entry.nr);
	} else if (tracee->fails) {
		set_number(pid, -how.error, true);
		tracee->fails = false;
	}
}

/* A child is as far as its parent. */
static void on_child(pid_t parent)
{
	unsigned long message = 0;

	if (ptrace(PTRACE_GETEVENTMSG, parent, NULL, &message))
		return;
	struct tracee *child = tracee_of((pid_t)message);
	const struct tracee *tracee = tracee_of(parent);
	child->begun = tracee->begun;
	child->depth = tracee->depth;
	if (child->half)
		go_on(child->pid, 0);
	child->half = true;
}

/* The first stop of a child may come before its parent's, or after it. */
static void on_first_stop(pid_t pid)
{
	struct tracee *tracee = tracee_of(pid);

	if (tracee->half)
		go_on(pid, 0);
	tracee->half = true;
}

static void on_stop(pid_t pid, int status)
{
	const int signal = WSTOPSIG(status);
	const int event = status >> 16;

	if (signal == (SIGTRAP | 0x80)) {
		on_call(pid);
		go_on(pid, 0);
	} else if (event == PTRACE_EVENT_STOP && signal == SIGTRAP) {
		on_first_stop(pid);
	} else if (event == PTRACE_EVENT_STOP) {
		ptrace(PTRACE_LISTEN, pid, NULL, NULL);
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	           event == PTRACE_EVENT_CLONE) {
		on_child(pid);
		go_on(pid, 0);
	} else {
		go_on(pid, event ? 0 : signal);
	}
}

/* Until all tracees have ended. Returns the status of the first. */
static int trace_all(pid_t first)
{
	int first_status = 0;
	int status;

	for (;;) {
		const pid_t pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			return first_status;
		if (WIFSTOPPED(status)) {
			on_stop(pid, status);
			continue;
		}
		forget(pid);
		if (pid == first)
			first_status = status;
	}
}

static pid_t start(const char *marks, char *argv[])
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
	                     PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
	                     PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int ends[2];
	char byte = 0;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	const pid_t pid = fork();
	if (pid == 0) {
		close(ends[1]);
		if (read(ends[0], &byte, 1) != 1)
			_exit(NOT_CAUGHT);
		setenv("LD_PRELOAD", marks, 1);
		execv(argv[0], argv);
		_exit(NOT_CAUGHT);
	}
	tracee_of(pid)->half = true; /* its parent is not traced */
	if (pid < 0 || ptrace(PTRACE_SEIZE, pid, NULL, options) ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL) ||
	    write(ends[1], &byte, 1) != 1)
		return -1;
	close(ends[0]);
	close(ends[1]);
	return pid;
}

/* Returns the index of the program in argv; 0 if the arguments are wrong. */
static int read_arguments(int argc, char *argv[])
{
	const bool fails = argc > 6 && strcmp(argv[3], "--") != 0;
	const int program = fails ? 7 : 4;

	if (argc <= program || strcmp(argv[program - 1], "--") != 0)
		return 0;
	how.file =
	    open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	for (size_t i = 0;
	     fails && i < sizeof(call_names) / sizeof(*call_names); i++)
		if (!strcmp(call_names[i].name, argv[3]))
			how.number = call_names[i].number;
	how.error = fails ? atoi(argv[4]) : 0;
	how.occurrence = fails ? atoi(argv[5]) : 0;
	return how.file < 0 || (fails && how.number < 0) ? 0 : program;
}

int main(int argc, char *argv[])
{
	const int program = read_arguments(argc, argv);

	if (program == 0) {
		fputs("usage: see the top of catch.c\n", stderr);
		return 2;
	}
	const pid_t pid = start(argv[2], argv + program);
	if (pid < 0) {
		perror("injection_catch");
		return NOT_CAUGHT;
	}
	const int status = trace_all(pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
