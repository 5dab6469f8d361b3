/* How a rank waits for the program of a task. */
#ifndef TOOLS_TASK_PROCESS_WAIT_H
#define TOOLS_TASK_PROCESS_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a rank waits for. */
struct process_waited {
	int pipes[2]; /* -1: that stream has ended */
	int pidfd;    /* -1: the system gives none */
	pid_t pid;    /* 0: its end is known */
};

/* What there is. */
struct process_news {
	bool readable[2];
	bool ended;
	int refused; /* errno, if nothing tells whether the program has ended;
	              * otherwise 0 */
};

/* Milliseconds between two looks where nothing wakes us. */
enum { PROCESS_LOOK_MS = 10 };

/*
 * Wait until there is something to read or the program has ended, but for
 * `most_ms` at the most; -1: without a limit. May return early, with nothing.
 * Where the system refuses poll, a look every PROCESS_LOOK_MS takes its place.
 * The program is not reaped.
 */
void process_wait(const struct process_waited *waited, int most_ms,
                  struct process_news *out);

/* Bytes that a pipe holds now; if the system does not say, as many as a pipe
 * may hold, and reading does not wait for more. */
size_t process_pipe_holds(int pipe);

#endif
