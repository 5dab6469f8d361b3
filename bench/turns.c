#define _GNU_SOURCE /* nanosleep */
#include "turns.h"

#include "transport.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { ATTEMPTS = 1000 };
static const struct timespec between_attempts = {.tv_nsec = 10 * 1000 * 1000};

static int connection = -1;
static struct turns_ready ready;

static _Noreturn void give_up(const char *what, int error)
{
	if (transport.rank() == 0)
		fprintf(stderr, "%s: %s%s%s\n", ready.contender, what,
		        error ? ": " : "", error ? strerror(error) : "");
	transport.abort();
	_exit(EXIT_FAILURE);
}

uint64_t turns_measure(size_t call, size_t bytes)
{
	return (uint64_t)call << 48 | bytes;
}

/* The conductor is started at the same time, and may not listen yet. */
void turns_open(const char *path, const char *contender)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (!path)
		return;
	snprintf(ready.contender, sizeof(ready.contender), "%s", contender);
	if (strlen(path) >= sizeof(address.sun_path))
		give_up("--turns", ENAMETOOLONG);
	memcpy(address.sun_path, path, strlen(path) + 1);
	connection = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (connection < 0)
		give_up("socket", errno);
	for (int i = 0; i < ATTEMPTS; i++) {
		if (!connect(connection, (struct sockaddr *)&address,
		             sizeof(address)))
			return;
		if (errno != ENOENT && errno != ECONNREFUSED && errno != EINTR)
			break;
		nanosleep(&between_attempts, NULL);
	}
	give_up(path, errno);
}

static int say_ready(void)
{
	for (;;) {
		if (send(connection, &ready, sizeof(ready), MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno != EINTR)
			return errno;
	}
}

/* The conductor ends every wait: with the turn, or with its own end. */
void turns_next(void)
{
	char go;

	if (connection < 0)
		return;
	const int error = say_ready();
	if (error)
		give_up("there is no conductor", error);
	for (;;) {
		const ssize_t got = recv(connection, &go, sizeof(go), 0);
		if (got > 0)
			return;
		if (got == 0)
			give_up("there will be no more turns", 0);
		if (errno != EINTR)
			give_up("there is no conductor", errno);
	}
}

void turns_first(uint64_t measure)
{
	ready.measure = measure;
	turns_next();
}
