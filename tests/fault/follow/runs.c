#define _GNU_SOURCE
#include "runs.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void become_run(const char *journal, bool isolate, long limit)
{
	char *launcher = getenv("LAUNCHER");
	char program[4096] = "";
	char text[32];
	char *words[12];
	int count = 0;

	if (readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
		return;
	snprintf(text, sizeof(text), "%ld", limit);
	if (launcher) {
		words[count++] = launcher;
		words[count++] = "-n";
		words[count++] = "3";
	}
	words[count++] = program;
	words[count++] = "sweep";
	words[count++] = (char *)(uintptr_t)journal;
	words[count++] = isolate ? "isolate" : "together";
	words[count++] = text;
	words[count] = NULL;
	execv(words[0], words);
}

pid_t run_start(const char *journal, bool isolate, long limit)
{
	const pid_t run = fork();

	if (run != 0)
		return run;
	become_run(journal, isolate, limit);
	perror("exec");
	_exit(99);
}

bool run_ended(pid_t run, int *status)
{
	int how;

	if (waitpid(run, &how, WNOHANG) != run)
		return false;
	*status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
	return true;
}
