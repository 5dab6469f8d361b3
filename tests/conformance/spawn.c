#define _GNU_SOURCE /* environ */
#include "spawn.h"

#include "clock.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const double GRACE = 3;

_Noreturn static void fail(const char *what, int error)
{
	fprintf(stderr, "%s: %s\n", what, strerror(error));
	abort();
}

void command_add(struct command *command, const char *word)
{
	if (command->count == WORDS - 1)
		fail(word, E2BIG);
	command->words[command->count++] = (char *)(uintptr_t)word;
	command->words[command->count] = NULL;
}

/* Its output goes into a file, because a pipe would have to be read. */
static pid_t start(const struct command *command, FILE *output)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	pid_t pid = 0;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
	posix_spawn_file_actions_adddup2(&actions, fileno(output), 1);
	posix_spawn_file_actions_adddup2(&actions, fileno(output), 2);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attributes, 0);
	int error = posix_spawn(&pid, command->words[0], &actions, &attributes,
	                        command->words, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		fail(command->words[0], error);
	return pid;
}

/* Whether it has ended by then. */
static bool ended(pid_t pid, double deadline, int *status)
{
	const struct timespec nap = {0, 5000000};

	for (;;) {
		pid_t got = waitpid(pid, status, WNOHANG);
		if (got == pid)
			return true;
		if (got < 0 && errno != EINTR)
			fail("waitpid", errno);
		if (now() > deadline)
			return false;
		nanosleep(&nap, NULL);
	}
}

/* Launchers end their ranks on SIGTERM, and cannot on SIGKILL. */
static void end(pid_t pid, int *status)
{
	kill(pid, SIGTERM);
	if (ended(pid, now() + GRACE, status))
		return;
	kill(-pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		continue;
}

static void read_text(FILE *output, char text[TEXT_BYTES])
{
	long bytes = fseek(output, 0, SEEK_END) ? 0 : ftell(output);
	long from = bytes < TEXT_BYTES ? 0 : bytes - TEXT_BYTES + 1;

	fseek(output, from, SEEK_SET);
	text[fread(text, 1, TEXT_BYTES - 1, output)] = '\0';
}

void command_run(const struct command *command, double seconds,
                 struct ending *out)
{
	FILE *output = tmpfile();
	int status = 0;

	if (!output)
		fail("tmpfile", errno);
	pid_t pid = start(command, output);
	out->in_time = ended(pid, now() + seconds, &status);
	if (!out->in_time)
		end(pid, &status);
	out->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	out->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	read_text(output, out->text);
	fclose(output);
}
